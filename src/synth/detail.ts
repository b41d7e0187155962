/**
 * What a condition can ask of a state besides content: entries, counts, the exclusive mark, who maps the
 * same page. Two kernels whose programs end in equal details no test can tell apart.
 */
import { PTE_PRESENT, PTE_SPECIAL, PTE_SWAP, PTE_WRITE, pte_frame } from "../mm/pte.ts";
import { ALIVE } from "../mm/state.ts";
import type { Model, Row } from "../step/index.ts";

/** One line for each page of each living process, as text to be compared. */
export function detailOf(model: Model): (row: Row) => string {
  const { offsets, counts } = model.layout;
  const at = (field: string): number => offsets.get(field)!;
  const [state, mm, pte, pmd] = ["process.state", "process.mm", "pte.word", "pmd.word"].map(at);
  const [huge, first, region] = ["address.huge", "address.first", "address.region"].map(at);
  const [head, ref, map] = ["page.head", "page.ref", "page.map"].map(at);
  const [whole, exclusive, pinFrame] = ["page.entire_map", "page.exclusive", "pin.frame"].map(at);
  const pages = counts.address!;
  const regions = counts.pmd! / counts.mm!;
  const entryOf = (row: Row, m: number, page: number): number => {
    const word = row[huge! + page] === 0 ? 0 : row[pmd! + m * regions + row[region! + page]!]!;
    if ((word & PTE_PRESENT) === 0) return row[pte! + m * pages + page]!;
    return (word & PTE_SPECIAL) !== 0 ? word : word + page - row[first! + page]!;
  };
  return (row) => {
    const seen: number[] = [];
    let text = "";
    for (let p = 0; p < counts.process!; p++)
      for (let page = 0; page < pages && row[state! + p] === ALIVE; page++) {
        const entry = entryOf(row, row[mm! + p]!, page);
        text += (entry & PTE_PRESENT) === 0 ? ((entry & PTE_SWAP) === 0 ? "-" : "s") : "p";
        if ((entry & PTE_WRITE) !== 0 && (entry & PTE_PRESENT) !== 0) text += "w";
        if ((entry & PTE_PRESENT) === 0 || (entry & PTE_SPECIAL) !== 0) continue;
        const frame = pte_frame(entry);
        const counted = row[head! + frame] === 0 ? frame : row[head! + frame]!;
        if (!seen.includes(frame)) seen.push(frame);
        const mapped = row[map! + frame]! + row[whole! + counted]!;
        text += `${seen.indexOf(frame)} ${row[ref! + counted]} ${mapped} ${row[exclusive! + frame]};`;
      }
    for (let k = 0; k < counts.pin!; k++) text += `h${seen.indexOf(row[pinFrame! + k]!)}`;
    return text;
  };
}
