// Runs in the page: asks the shipped modules, and hands the answers to whoever served it.
const complain = (error) => `${error?.stack ?? error}`;
let answer;
try {
  const { check } = await import("/dist/verdict/check.js");
  const { expand, parseFile } = await import("/dist/litmus/index.js");
  const { findKernel } = await import("/dist/kernels/index.js");
  const { memoryOf } = await import("/dist/verdict/memory.js");
  const questions = await (await fetch("/questions")).json();
  let evaluates = true;
  try {
    new Function("return 1")();
  } catch {
    evaluates = false;
  }
  const results = questions.map(({ text, kernel, memory, schedule }) => {
    const file = parseFile(text);
    const options = { memory: memoryOf(memory), schedule };
    return { ...check(expand(file.value)[0], findKernel(kernel), options), seconds: 0 };
  });
  answer = { evaluates, results };
} catch (error) {
  answer = { error: complain(error) };
}
await fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
