namespace Rag.Runtime.Verification;

/// <summary>What a <see cref="ModelVerifier"/> found.</summary>
/// <param name="FolderPath">The model.</param>
/// <param name="Cases">Every comparison, in order; at least one.</param>
public sealed record VerificationResult(string FolderPath, IReadOnlyList<VerificationCase> Cases)
{
    /// <summary>Whether every one is as expected.</summary>
    public bool Passed => Cases.All(found => found.Passed);
}
