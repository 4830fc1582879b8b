namespace Rag.Testing;

/// <summary>
/// What every <see cref="Index.IChunkIndex"/> must do, for any test framework: make one test of each case. Words of the cases are
/// plain lower-case ASCII without English endings, so that they hold for any analyzer.
/// The cases of sparse vectors and token vectors are fulfilled also by a store that refuses a manifest that names them, with an
/// <see cref="UnsupportedException"/>.
/// </summary>
/// <example>
/// <code>
/// public static TheoryData&lt;string&gt; Names => [.. ChunkIndexConformance.Cases.Select(item => item.Name)];
///
/// [Theory, MemberData(nameof(Names))]
/// public Task Conforms(string name) => ChunkIndexConformance.Cases.Single(item => item.Name == name).RunAsync(CreateAsync);
/// </code>
/// </example>
public static class ChunkIndexConformance
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<ConformanceCase> Cases { get; } = [.. WritingCases.All, .. BatchCases.All, .. SearchCases.All, .. FilterCases.All, .. AccessCases.All, .. KindCases.All];
}
