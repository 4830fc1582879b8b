namespace Rag.Cli.Output;

/// <summary>What <c>rag models where --json</c> prints.</summary>
internal sealed record ModelCacheJson(string Folder);
