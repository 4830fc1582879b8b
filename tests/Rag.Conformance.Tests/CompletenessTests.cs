using System.Reflection;
using System.Text.RegularExpressions;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;
using Rag.Testing;
using Rag.Tests.Support;

namespace Rag.Conformance.Tests;

/// <summary>No index of ours goes without the suite, none leaves a case out, and the suite finds what it is there to find.</summary>
public sealed class CompletenessTests
{
    private static IEnumerable<string> Names => Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .Where(name => (name.Equals("Rag", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Rag.", StringComparison.Ordinal)) && !name.EndsWith(".Tests", StringComparison.Ordinal));

    private static IEnumerable<Assembly> Libraries => Names.Select(name => Assembly.Load(new AssemblyName(name)));

    [Fact]
    public void Every_library_that_is_shipped_lies_beside_this_test()
    {
        string root = SharedData.RepositoryRoot ?? "";
        Assert.SkipUnless(root.Length > 0, "No checkout around the test's binaries.");
        string[] projects = [.. ((string[])["src", "connectors"])
            .SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(root, folder))).SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))];

        Assert.True(projects.Length >= 10, "There are hardly any projects.");
        Assert.Empty(projects.Select(AssemblyName).Except(Names));

        static string AssemblyName(string file) =>
            Regex.Match(File.ReadAllText(file), "<AssemblyName>(.*)</AssemblyName>") is { Success: true } named ? named.Groups[1].Value : Path.GetFileNameWithoutExtension(file);
    }

    [Fact]
    public void Every_index_of_ours_is_tested()
    {
        Type[] indexes = [.. Libraries.SelectMany(library => library.GetTypes()).Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IChunkIndex)))];

        Assert.True(indexes.Length >= 3, "The libraries beside this test hold no indexes.");
        Assert.Empty(indexes.Except(TestClasses().Select(type => type.BaseType!.GetGenericArguments()[0])).Select(type => type.FullName));
    }

    [Fact]
    public void No_test_class_leaves_a_case_out()
    {
        Assert.Equal(ChunkIndexConformance.Cases.Count, ChunkIndexConformance.Cases.DistinctBy(item => item.Name).Count());
        foreach (Type type in TestClasses())
        {
            MethodInfo test = type.GetMethod(nameof(ConformanceTests<>.An_index_conforms))!;
            Assert.Equal(typeof(ConformanceTests<>), test.DeclaringType!.GetGenericTypeDefinition());
            Assert.Null(test.GetCustomAttribute<TheoryAttribute>()!.Skip);
            IEnumerable<string> own = type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(method => method.Name);
            Assert.DoesNotContain(own, name => name is not ("CreateAsync" or "Dispose") && !name.StartsWith('<'));
        }
    }

    [Fact]
    public async Task The_suite_finds_an_index_that_shows_more_than_the_scope()
    {
        List<string> failed = [];
        foreach (ConformanceCase tested in ChunkIndexConformance.Cases)
        {
            try
            {
                await tested.RunAsync(_ => new(new Leaking(new())), TestContext.Current.CancellationToken);
            }
            catch (ConformanceException)
            {
                failed.Add(tested.Name);
            }
        }

        Assert.Equal(11, failed.Count);
        Assert.Contains("A view hands out nothing that reads beyond its scope", failed);
    }

    private static IEnumerable<Type> TestClasses() => typeof(CompletenessTests).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, BaseType.IsGenericType: true } && type.BaseType.GetGenericTypeDefinition() == typeof(ConformanceTests<>));

    /// <summary>An index that takes every scope for the whole.</summary>
    private sealed class Leaking(InMemoryChunkIndex inner) : IChunkIndex
    {
        private readonly IChunkReader _all = inner.Within(SearchScope.Unrestricted);

        public IChunkReader Within(SearchScope scope) => this;

        public ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default) => inner.SetManifestAsync(manifest, replace, cancellationToken);

        public ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default) => inner.GetDocumentStampsAsync(cancellationToken);

        public ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default) => inner.UpsertAsync(document, cancellationToken);

        public ValueTask<bool> UpdateAsync(string documentId, DocumentAttributes attributes, string? fingerprint = null, CancellationToken cancellationToken = default) =>
            inner.UpdateAsync(documentId, attributes, fingerprint, cancellationToken);

        public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default) => inner.DeleteAsync(documentId, cancellationToken);

        public ValueTask<IReadOnlyList<ReadOnlyMemory<float>?>> FindVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default) => inner.FindVectorsAsync(chunks, cancellationToken);

        public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) => _all.GetManifestAsync(cancellationToken);

        public ValueTask<IndexCounts> CountAsync(CancellationToken cancellationToken = default) => _all.CountAsync(cancellationToken);

        public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default) => _all.SearchVectorAsync(vector, top, cancellationToken);

        public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default) => _all.SearchTextAsync(text, top, cancellationToken);

        public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
            _all.ScoreVectorAsync(vector, chunkIds, cancellationToken);

        public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
            _all.ScoreTextAsync(text, chunkIds, cancellationToken);

        public ValueTask<ChunkScores> SearchSparseAsync(SparseVector vector, int top, CancellationToken cancellationToken = default) => _all.SearchSparseAsync(vector, top, cancellationToken);

        public ValueTask<IReadOnlyList<float>?> ScoreSparseAsync(SparseVector vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
            _all.ScoreSparseAsync(vector, chunkIds, cancellationToken);

        public ValueTask<IReadOnlyList<float>?> ScoreTokensAsync(MultiVector question, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
            _all.ScoreTokensAsync(question, chunkIds, cancellationToken);

        public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) => _all.GetChunksAsync(chunkIds, cancellationToken);

        public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default) => _all.GetDocumentChunksAsync(documentId, cancellationToken);

        public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default) => _all.GetDocumentAsync(documentId, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
