// kafkajs asks for timers in the past, and the runtime warns of each.
process.removeAllListeners("warning");
process.on("warning", (warning) => {
  if (warning.name !== "TimeoutNegativeWarning") console.error(warning.message);
});
