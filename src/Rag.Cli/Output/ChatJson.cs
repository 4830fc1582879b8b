namespace Rag.Cli.Output;

/// <summary>What <c>rag chat --json</c> prints at the end: every turn in order.</summary>
internal sealed record ChatJson(IReadOnlyList<ChatTurnJson> Turns);
