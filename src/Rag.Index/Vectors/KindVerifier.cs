using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Rag.Index.Storage;
using Rag.Index.Text;

namespace Rag.Index.Vectors;

/// <summary>Checks that sparse vectors, their postings and token vectors are those of the chunks, whole and sound.</summary>
internal sealed class KindVerifier(IndexConnection connection, IndexState state, List<string> faults)
{
    private readonly DocumentStore _documents = new(connection);

    public void Run(CancellationToken cancellationToken)
    {
        IndexManifest? manifest = Manifests.Read(state.Manifest, connection.Path);
        PostingsTotals vectors = new(), postings = new();
        Check("sparse", "sparse vector", manifest?.Sparse, (chunk, record, model) =>
        {
            SparseVector vector = SparseCodec.Decode(record, chunk, model.Dimensions, connection.Path);
            for (int i = 0; i < vector.Ids.Length && chunk <= state.Merged; i++)
            {
                Count(vectors, vector.Ids[i], new(chunk, vector.Weights[i]));
            }
        }, cancellationToken);
        float[] buffer = [];
        Check("tokens", "token vectors", manifest?.Tokens, (chunk, record, model) => TokenCodec.Decode(record, chunk, model.Dimensions, connection.Path, ref buffer), cancellationToken);
        CheckPostings(postings, cancellationToken);
        Report(vectors.Equals(postings) ? 0 : 1, "difference between the sparse vectors and their postings");
    }

    // One row for each chunk where there is a model, none else; each decodes, and is of the chunk's text.
    private void Check(string table, string name, EmbeddingIdentity? model, Action<long, byte[], EmbeddingIdentity> decode, CancellationToken cancellationToken)
    {
        Report(connection.Number($"SELECT count(*) FROM {table} t LEFT JOIN chunks c ON c.key = t.chunk WHERE c.key IS NULL"), $"{name} records belong to no passage");
        if (model is null)
        {
            Report(connection.Number($"SELECT count(*) FROM {table}"), $"{name} records are stored in an index whose manifest names no model of them");
            return;
        }

        Report(connection.Number($"SELECT count(*) FROM chunks c LEFT JOIN {table} t ON t.chunk = c.key WHERE t.chunk IS NULL"), $"passages have no {name}");
        using SqliteDataReader row = connection.Query($"SELECT chunk, data, text_hash FROM {table}");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            long chunk = row.GetInt64(0);
            string passage = string.Create(CultureInfo.InvariantCulture, $"passage {chunk}");
            Try($"The {name} of {passage} cannot be read", () => decode(chunk, (byte[])row[1], model));
            Try($"The text that the {name} of {passage} was made of cannot be told", () =>
            {
                if (_documents.ReadChunk(chunk) is { } stored && !VectorStore.Hash(stored).AsSpan().SequenceEqual((byte[])row[2]))
                {
                    faults.Add($"The {name} of {passage} is not of its text.");
                }
            });
        }
    }

    private void CheckPostings(PostingsTotals totals, CancellationToken cancellationToken)
    {
        List<SparsePosting> block = [];
        (long Place, long Chunk) last = (-1, -1);
        long unordered = 0;
        using SqliteDataReader row = connection.Query("SELECT place, first, data FROM sparse_postings ORDER BY place, first");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            long place = row.GetInt64(0);
            block.Clear();
            Try("A block of sparse postings is damaged", () => SparseCodec.Decode((byte[])row[2], place, row.GetInt64(1), connection.Path, block));
            foreach (SparsePosting posting in block)
            {
                unordered += (place, posting.Chunk).CompareTo(last) > 0 ? 0 : 1;
                last = (place, posting.Chunk);
                Count(totals, place, posting);
            }
        }

        Report(unordered, "sparse postings are out of order");
    }

    // The place stands for a term, the weight's bits for how often it occurs.
    private static void Count(PostingsTotals totals, long place, SparsePosting posting) =>
        totals.Add(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in place)), new(posting.Chunk, BitConverter.SingleToInt32Bits(posting.Weight), 0));

    private void Try(string fault, Action check)
    {
        try
        {
            check();
        }
        catch (CorruptException)
        {
            faults.Add($"{fault}.");
        }
    }

    private void Report(long count, string fault)
    {
        if (count != 0)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {fault}."));
        }
    }
}
