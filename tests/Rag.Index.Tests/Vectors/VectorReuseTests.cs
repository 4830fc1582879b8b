using Rag.Chunks;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Vectors;

public sealed class VectorReuseTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_vector_is_found_by_the_text_that_it_was_made_of_while_any_chunk_has_it()
    {
        await using SqliteChunkIndex index = await OpenAsync();
        IndexedDocument first = Document("a", "the same words"), second = Document("b", "the same words");
        await index.UpsertManyAsync([first, second]);
        Chunk asked = Document("c", "the same words").Chunks[0], other = Document("c", "other words").Chunks[0];
        IReadOnlyList<ReadOnlyMemory<float>?> found = await index.FindVectorsAsync([other, asked]);
        Assert.Null(found[0]);
        float[] unit = found[1]!.Value.ToArray();
        Assert.Equal(1, unit.Sum(value => (double)value * value), 5);

        Assert.True(await index.DeleteAsync("a"));
        Assert.Equal(unit, (await index.FindVectorsAsync([asked]))[0]!.Value.ToArray());
        Assert.Equal(1, await index.DeleteManyAsync(["b", "never stored"]));
        Assert.Null((await index.FindVectorsAsync([asked]))[0]);
    }

    [Fact]
    public async Task A_heading_above_the_text_makes_it_another_text()
    {
        await using SqliteChunkIndex index = await OpenAsync();
        IndexedDocument document = Document("a", "the same words");
        await index.UpsertAsync(document);
        Assert.Null((await index.FindVectorsAsync([document.Chunks[0] with { HeadingPath = ["A heading"] }]))[0]);
        Assert.NotNull((await index.FindVectorsAsync(document.Chunks))[0]);
    }

    [Fact]
    public async Task A_vector_that_is_stored_again_and_again_keeps_every_bit()
    {
        Random random = new(5);
        await using SqliteChunkIndex index = await OpenAsync();
        for (int i = 0; i < 50; i++)
        {
            IndexedDocument document = Document("a", $"text {i}") with { Vectors = [Random(random)] };
            await index.UpsertAsync(document);
            ReadOnlyMemory<float> once = (await index.FindVectorsAsync(document.Chunks))[0]!.Value;
            await index.UpsertAsync(document with { Vectors = [once] });
            Assert.Equal(once.ToArray(), (await index.FindVectorsAsync(document.Chunks))[0]!.Value.ToArray());
        }

        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task Documents_of_one_call_are_all_stored_or_none()
    {
        await using SqliteChunkIndex index = await OpenAsync();
        await index.UpsertManyAsync([Document("kept", "stays")]);
        IndexedDocument bad = Document("bad", "words") with { Vectors = [new float[] { float.NaN, 1, 1, 1, 1, 1, 1, 1 }] };
        await Assert.ThrowsAsync<ArgumentException>(async () => await index.UpsertManyAsync([Document("good", "words"), bad]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await index.UpsertManyAsync([Document("twice", "one"), Document("twice", "two")]));
        Assert.Equal(["kept"], (await index.GetDocumentStampsAsync()).Keys);
    }

    [Fact]
    public async Task A_vector_of_another_text_is_a_fault_that_verifying_names()
    {
        await using (SqliteChunkIndex index = await OpenAsync())
        {
            await index.UpsertManyAsync([Document("a", "one text"), Document("b", "another text")]);
        }

        _folder.Damage("UPDATE vectors SET text_hash = (SELECT text_hash FROM vectors ORDER BY chunk LIMIT 1)");
        _folder.SumsGone();
        await using SqliteChunkIndex damaged = await _folder.OpenAsync();
        Assert.Contains(await damaged.VerifyAsync(), fault => fault.Contains("is not of its text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_only_index_has_no_vectors_to_find()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.TextOnly, replace: false);
        IndexedDocument document = Document("a", "words") with { Vectors = null };
        await index.UpsertManyAsync([document]);
        Assert.Null((await index.FindVectorsAsync(document.Chunks))[0]);
    }

    private static IndexedDocument Document(string id, string passage) => Make.Document(id, [passage], [Random(new Random(passage.Length))]);

    private static ReadOnlyMemory<float> Random(Random random) => Enumerable.Range(0, Make.Dimensions).Select(_ => random.NextSingle() - .5f).ToArray();

    private async Task<SqliteChunkIndex> OpenAsync()
    {
        SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        return index;
    }
}
