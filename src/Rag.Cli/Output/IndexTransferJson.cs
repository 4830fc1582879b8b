namespace Rag.Cli.Output;

/// <summary>What <c>rag index export --json</c> and <c>import --json</c> print.</summary>
internal sealed record IndexTransferJson(string File, long Documents);
