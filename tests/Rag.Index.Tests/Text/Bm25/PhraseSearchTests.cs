using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Text.Bm25;

public sealed class PhraseSearchTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_phrase_lifts_passages_that_have_it_in_order_with_its_gaps()
    {
        await using SqliteChunkIndex index = await FillAsync(
            "lamp state of the art", "art of the state lamp", "state art lamp of the", "a lamp in the state of the finest art", "state of mind", "nothing else");
        ChunkScores plain = await index.SearchTextAsync("state of the art", 10), phrase = await index.SearchTextAsync("\"state of the art\"", 10);
        Assert.Equal(plain.Ids.Order(), phrase.Ids.Order());
        Assert.Equal("d#1#0", phrase.Ids[0]);
        Assert.Equal(Score(plain, "d#1#1"), Score(phrase, "d#1#1"));
        Assert.Equal(Score(plain, "d#1#3"), Score(phrase, "d#1#3"));

        // Two terms in 4 and 5 of 6 passages, twice: as words, and as one phrase that stands once among 3 of on average 17/6 terms.
        double rarity = Math.Log(1 + (2.5 / 4.5)) + Math.Log(1 + (1.5 / 5.5)), norm = 1.2 * (.25 + (.75 * 3 / (17 / 6d)));
        Assert.Equal(2 * rarity / (1 + norm), Score(phrase, "d#1#0"), 1e-6);
    }

    [Fact]
    public async Task A_phrase_counts_as_often_as_it_stands_repeated_terms_included()
    {
        await using SqliteChunkIndex index = await FillAsync("knock knock knock door", "knock door knock knock", "door");
        ChunkScores phrase = await index.SearchTextAsync("\"knock knock\"", 10), plain = await index.SearchTextAsync("knock knock", 10);
        double rarity = 2 * Math.Log(1 + (1.5 / 2.5)), norm = 1.2 * (.25 + (.75 * 4 / 3));
        Assert.Equal(rarity * 2 / (2 + norm), Score(phrase, "d#1#0") - Score(plain, "d#1#0"), 1e-6);
        Assert.Equal(rarity * 1 / (1 + norm), Score(phrase, "d#1#1") - Score(plain, "d#1#1"), 1e-6);
    }

    [Fact]
    public async Task A_phrase_of_Korean_matches_inside_a_longer_word()
    {
        await using SqliteChunkIndex index = await FillAsync("서울특별시청에서", "특별서울시 서울특 별시", "부산");
        ChunkScores phrase = await index.SearchTextAsync("\"서울특별시\"", 10), plain = await index.SearchTextAsync("서울특별시", 10);
        Assert.True(Score(phrase, "d#1#0") > Score(plain, "d#1#0"));
        Assert.Equal(Score(phrase, "d#1#1"), Score(plain, "d#1#1"));
    }

    private static float Score(ChunkScores found, string id) => found.Scores[found.Ids.ToList().IndexOf(id)];

    private async Task<SqliteChunkIndex> FillAsync(params string[] passages)
    {
        SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.TextOnly, replace: false);
        await index.UpsertAsync(Make.Document("d", passages));
        return index;
    }
}
