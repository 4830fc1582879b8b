using System.Text.Json;
using Rag.Tokenizers;

namespace Rag.Benchmarks.Speculation;

/// <summary>A prompt of several passages and a question, and the answer that a person wrote to it, in tokens.</summary>
internal sealed record AnswerCase(int[] Prompt, int[] Answer)
{
    /// <summary>Reads the answerable questions of a file of lines with "question", "answers" and "contexts", and puts each one's passage among others.</summary>
    public static AnswerCase[] Read(string path, Tokenizer tokenizer, int passages)
    {
        JsonElement[] lines = [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)];
        string[] texts = [.. lines.Select(line => line.GetProperty("contexts")[0].GetProperty("text").GetString()!)];
        Random random = new(1);
        List<AnswerCase> cases = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].GetProperty("answerable").GetBoolean())
            {
                continue;
            }

            List<string> sources = [.. Enumerable.Range(1, passages - 1).Select(_ => texts[random.Next(texts.Length)])];
            sources.Insert(random.Next(passages), texts[i]);
            string prompt = "Answer from the sources.\n" + string.Join("\n", sources.Select((text, place) => $"[{place + 1}] {text}"))
                + $"\nQuestion: {lines[i].GetProperty("question").GetString()}\nAnswer: ";
            cases.Add(new AnswerCase(Encode(prompt), Encode(lines[i].GetProperty("answers")[0].GetString()!)));
        }

        return [.. cases];

        int[] Encode(string text)
        {
            List<int> ids = [];
            tokenizer.Encode(text, ids, new EncodeOptions { AddSpecialTokens = false });
            return [.. ids];
        }
    }
}
