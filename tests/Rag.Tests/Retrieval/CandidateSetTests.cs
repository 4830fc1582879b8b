using Rag.Index;
using Rag.Retrieval;

namespace Rag.Tests.Retrieval;

public sealed class CandidateSetTests
{
    private static readonly ChunkScores Dense = new(["a", "b"], [.9f, .4f], .1), Text = new(["c", "a"], [7, 3], 2);

    private static CandidateSet Create(IReadOnlyList<float>? dense, IReadOnlyList<float>? text, bool textIsWhole) =>
        CandidateSet.Create(CandidateSet.Union(Dense, Text), Dense, Text, dense, text, textIsWhole);

    [Fact]
    public void Create_TrueScores_AreTaken()
    {
        CandidateSet set = Create([.9f, .4f, .1f], [3, 1, 7], false);
        Assert.Equal(["a", "b", "c"], set.Ids);
        Assert.Equal([.9f, .4f, .1f], set.Dense.Scores);
        Assert.Equal([3, 1, 7], set.Text.Scores);
        Assert.Equal([2, 0, 1], set.Text.Ranks);
    }

    [Fact]
    public void Create_NoTrueScores_GivesTheListsLastScoreNotTheFloor()
    {
        CandidateSet set = Create(null, null, false);
        Assert.Equal([.9f, .4f, .4f], set.Dense.Scores);
        Assert.Equal([3, 3, 7], set.Text.Scores);
    }

    [Fact]
    public void Create_WholeTextList_MeansTheOthersHaveNoTerm() => Assert.Equal([3, 0, 7], Create(null, null, true).Text.Scores);

    [Fact]
    public void Create_ChunkThatIsGone_IsLeftOut() => Assert.Equal(["a", "c"], Create([.9f, float.NaN, .1f], [3, float.NaN, 7], false).Ids);

    [Fact]
    public void Create_FewerThanTenChunks_TakesTheLastAsTenth()
    {
        Assert.Equal(.4, Create(null, null, false).Dense.Tenth, 6);
        Assert.Equal(3, Create(null, null, false).Text.Tenth, 6);
    }

    [Fact]
    public void Create_FewerWordMatchesThanChunks_HasATenthOfZero()
    {
        ChunkScores many = new([.. Enumerable.Range(0, 12).Select(i => $"d{i:D2}")], [.. Enumerable.Range(0, 12).Select(i => 1f - (i / 20f))], .1);
        CandidateSet set = CandidateSet.Create(CandidateSet.Union(many, Text), many, Text, null, null, true);
        Assert.Equal((.55, 0.0), (Math.Round(set.Dense.Tenth, 6), set.Text.Tenth));
    }
}
