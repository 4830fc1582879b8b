using Rag.Runtime.Verification;

namespace Rag.Cli.Output;

/// <summary>What <c>rag models verify --json</c> prints.</summary>
internal sealed record VerificationJson(string Folder, bool Passed, IReadOnlyList<VerificationCase> Cases)
{
    // JSON has no infinity: a difference that is none becomes the greatest number.
    public static VerificationJson From(VerificationResult result) => new(
        result.FolderPath,
        result.Passed,
        [.. result.Cases.Select(found => found.LargestDifference is { } difference && !double.IsFinite(difference) ? found with { LargestDifference = double.MaxValue } : found)]);
}
