using System.Globalization;
using System.Text;
using Rag.Chunks;
using Rag.Evaluation.Datasets;
using Rag.Index;

namespace Rag.Benchmarks.Text;

/// <summary>SQuAD-like passages: the paragraphs themselves, then the first half of one spliced to the second half of another.</summary>
internal sealed record PassageCollection(IReadOnlyList<string> Passages, IReadOnlyList<string> Questions)
{
    public static async Task<PassageCollection> ReadAsync(IEnumerable<string> files, int count, int questions)
    {
        List<string> passages = [], asked = [];
        foreach (string file in files)
        {
            await foreach (QuestionParagraph paragraph in SquadDataset.ReadAsync(file))
            {
                passages.Add(paragraph.Text);
                asked.AddRange(paragraph.Questions.Select(question => question.Text));
            }
        }

        Random random = new(1);
        for (int whole = passages.Count; passages.Count < count;)
        {
            passages.Add(Half(passages[random.Next(whole)], first: true) + Half(passages[random.Next(whole)], first: false));
        }

        string[] shuffled = [.. asked];
        random.Shuffle(shuffled);
        return new(passages[..count], [.. shuffled.Take(questions)]);
    }

    /// <summary>The passages as documents of several chunks each, as an article's are.</summary>
    public IEnumerable<IndexedDocument> Documents(int chunksPerDocument)
    {
        int number = 0;
        foreach (string[] group in Passages.Chunk(chunksPerDocument))
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"d{number++}");
            StringBuilder text = new();
            List<Chunk> chunks = [];
            foreach (string passage in group)
            {
                chunks.Add(new()
                {
                    Id = string.Create(CultureInfo.InvariantCulture, $"{id}#{chunks.Count}"),
                    DocumentId = id,
                    Ordinal = chunks.Count,
                    Range = new(text.Length, text.Length + passage.Length),
                    Text = passage,
                });
                text.Append(passage).Append('\n');
            }

            yield return new(new() { Id = id, Text = text.ToString(), ContentHash = id }, "benchmark", chunks, null);
        }
    }

    private static string Half(string text, bool first)
    {
        int space = text.IndexOf(' ', text.Length / 2);
        return space < 0 ? text : first ? text[..space] : text[space..];
    }
}
