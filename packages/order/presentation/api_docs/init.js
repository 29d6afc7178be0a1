SwaggerUIBundle({
  dom_id: "#api",
  url: "/openapi.json",
  deepLinking: true,
  // nothing may be asked of third parties: no badge, no remote validator
  validatorUrl: null,
});
