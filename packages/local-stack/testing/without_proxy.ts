// Tests, the storm and the benchmarks call only this machine, so they use no proxy. Bun loads this
// before every test file (`bunfig.toml`), and child processes inherit the environment.
for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) {
  delete process.env[name];
  delete process.env[name.toLowerCase()];
}
