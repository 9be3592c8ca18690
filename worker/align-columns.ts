/** Rows of a table for a terminal, the first one its headings. */
export function alignColumns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .toSpliced(1, 0, widths.map((width) => "-".repeat(width)).join("  "))
    .join("\n");
}
