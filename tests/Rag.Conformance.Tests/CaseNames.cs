using Rag.Testing;

namespace Rag.Conformance.Tests;

/// <summary>The cases by name, so that each is a test of its own.</summary>
public static class CaseNames
{
    public static TheoryData<string> All => [.. ChunkIndexConformance.Cases.Select(item => item.Name)];
}
