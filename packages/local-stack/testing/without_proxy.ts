// Tests, the storm and the benchmarks call only this machine. Bun loads this
// before every test file (`bunfig.toml`); what they start inherits it.
for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) {
  delete process.env[name];
  delete process.env[name.toLowerCase()];
}
