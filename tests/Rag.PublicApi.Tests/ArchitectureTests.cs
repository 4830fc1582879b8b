namespace Rag.PublicApi.Tests;

/// <summary>Dependencies point one way: everything may know Rag.Abstractions, and only Hosting and the tool compose the rest.</summary>
public sealed class ArchitectureTests
{
    /// <summary>What each library may know of the others. Those without a line compose, and may know all.</summary>
    public static TheoryData<string, string[]> Neighbours => new()
    {
        { "Rag.Abstractions", [] },
        { "Rag.Core", ["Rag.Abstractions"] },
        { "Rag.Documents", ["Rag.Abstractions"] },
        { "Rag.Evaluation", ["Rag.Abstractions", "Rag.Core"] },
        { "Rag.Index", ["Rag.Abstractions"] },
        { "Rag.Models", ["Rag.Abstractions"] },
        { "Rag.Runtime", ["Rag.Abstractions", "Rag.Models", "Rag.OnnxRuntime", "Rag.Tokenizers"] },
        { "Rag.Starter", [] },
        { "Rag.Testing", ["Rag.Abstractions"] },
        { "Rag.Tokenizers", ["Rag.Abstractions"] },
    };

    [Theory]
    [MemberData(nameof(Neighbours))]
    public void ALibrary_OfTheOthers_KnowsOnlyItsNeighbours(string library, string[] neighbours) =>
        Assert.Empty(References(library).Where(IsOurs).Except(neighbours));

    [Theory]
    [InlineData("Rag.Abstractions", "Microsoft.Extensions.AI.Abstractions")]
    [InlineData("Rag.Core", "Microsoft.Extensions.")]
    public void ALibraryAtTheCentre_BesideTheBaseLibrary_KnowsNoVendor(string library, string allowedPrefix) =>
        Assert.DoesNotContain(References(library), name => !IsOurs(name) && !IsBase(name) && !name.StartsWith(allowedPrefix, StringComparison.Ordinal));

    private static IEnumerable<string> References(string library) => Libraries.Load(library).GetReferencedAssemblies().Select(name => name.Name!);

    private static bool IsOurs(string name) => name.StartsWith("Rag.", StringComparison.Ordinal);

    private static bool IsBase(string name) => name == "netstandard" || name == "System" || name.StartsWith("System.", StringComparison.Ordinal);
}
