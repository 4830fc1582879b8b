namespace Rag.Cli.Output;

/// <summary>What <c>rag index check --json</c> prints.</summary>
internal sealed record IndexCheckJson(string Folder, bool Sound, IReadOnlyList<string> Faults);
