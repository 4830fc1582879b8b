namespace Rag.Cli.Output;

/// <summary>What <c>rag index rebuild --json</c> prints.</summary>
internal sealed record IndexRebuildJson(string Folder, long Chunks, long Terms);
