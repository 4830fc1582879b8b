namespace Rag.Runtime.Precision;

/// <summary>Whether a model bears eight bits with one scale a row.</summary>
/// <param name="Passes">Whether it does.</param>
/// <param name="Reason">A sentence that says why.</param>
internal sealed record RowsVerdict(bool Passes, string Reason);
