using System.Globalization;
using Microsoft.Data.Sqlite;
using Rag.Evaluation.Datasets;
using Rag.Index;

namespace Rag.Benchmarks.Text;

/// <summary>How large an index of a collection is, one chunk a document with a vector of 384 numbers, and what the bytes are spent on.</summary>
internal static class SizeBenchmark
{
    private const int Dimensions = 384;

    public static async Task RunAsync(string corpus)
    {
        string folder = Directory.CreateTempSubdirectory("rag-size-").FullName;
        try
        {
            Random random = new(1);
            int documents = 0;
            await using (SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder))
            {
                await index.SetManifestAsync(new(new("model", "00", "mean", Dimensions, 256), "benchmark", "standard-1"), replace: false);
                await foreach (RetrievalDocument document in BeirDataset.ReadCorpusAsync(corpus))
                {
                    float[] vector = [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - .5f)];
                    string text = document.FullText;
                    await index.UpsertAsync(new(
                        new() { Id = document.Id, Text = text, ContentHash = document.Id }, "benchmark", [new() { Id = document.Id + "#0", DocumentId = document.Id, Ordinal = 0, Range = new(0, text.Length), Text = text }], [vector]));
                    documents++;
                }
            }

            string file = Path.Combine(folder, "index.db");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{documents} documents, {new FileInfo(file).Length / 1e6:f2} MB"));
            using SqliteConnection connection = new($"Data Source={file};Pooling=False;Mode=ReadOnly");
            connection.Open();
            foreach (string sum in (string[])["vectors: length(data)", "terms: length(data)", "postings: length(data)", "postings: length(positions)", "postings: length(term) + 8", "texts: length(data)", "chunks: length(id) + 24", "documents: length(id) + length(structure) + 48"])
            {
                string[] parts = sum.Split(": ");
                using SqliteCommand command = connection.CreateCommand();
                command.CommandText = $"SELECT sum({parts[1]}), count(*) FROM {parts[0]}";
                using SqliteDataReader row = command.ExecuteReader();
                row.Read();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {sum}: {row.GetInt64(0) / 1e6:f2} MB in {row.GetInt64(1)} rows"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
