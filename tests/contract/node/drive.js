// Drives the vendor's own Node client: calls as JSON on standard input, what came of them as JSON on standard output.
"use strict";
const { DocuPass } = require("idanalyzer");

async function outcome(make) {
  try {
    const value = await make();
    return { value: value === undefined ? null : value };
  } catch (error) {
    return { error: error.message };
  }
}

async function drive({ region, clients }) {
  const results = [];
  for (const calls of clients) {
    const client = new DocuPass("sandbox", "Specimen Bank", region);
    const said = [];
    for (const [name, ...values] of calls) {
      said.push(await outcome(() => (name === "read" ? client[values[0]] : client[name](...values))));
    }
    results.push(said);
  }
  return { methods: Object.getOwnPropertyNames(DocuPass.prototype), results };
}

let text = "";
process.stdin.on("data", (chunk) => { text += chunk; });
process.stdin.on("end", async () => {
  process.stdout.write(JSON.stringify(await drive(JSON.parse(text))));
});
