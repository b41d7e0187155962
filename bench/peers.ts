export async function peers(_runs: number): Promise<void> {}
