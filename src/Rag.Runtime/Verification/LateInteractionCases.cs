using System.Globalization;
using Rag.Index;
using Rag.Models;
using Rag.Runtime.Generation;
using Rag.Runtime.LateInteraction;
using Rag.Tokenizers;

namespace Rag.Runtime.Verification;

/// <summary>
/// The cases of a ColBERT model as it is used: questions with their marker and masks, passages with theirs and without
/// punctuation, and how well each passage answers each question; once for each way of attending to the masks.
/// </summary>
internal sealed class LateInteractionCases(ModelFolder folder, ExpectedOutputs expected, VerificationOptions options, CancellationToken cancellationToken)
{
    public IEnumerable<VerificationCase> Run()
    {
        bool passages = false;
        foreach ((string variant, string name) in ((string, string)[])[("mask_attended", "masks seen"), ("mask_not_attended", "masks not seen")])
        {
            if (expected.ShapeOf($"query.embeddings.{variant}") is null)
            {
                continue;
            }

            using LateInteractionEncoder model = Load(attend: variant == "mask_attended");
            IReadOnlyList<MultiVector> questions = model.EncodeQuestions(expected.Texts(expected.Root, "queries"), cancellationToken);
            IReadOnlyList<MultiVector> documents = model.EncodePassages(expected.Texts(expected.Root, "documents"), cancellationToken);
            yield return Questions($"query.embeddings.{variant}", name, model, questions);

            // Passages have no masks.
            if (!passages)
            {
                passages = true;
                yield return Passages(model, documents);
            }

            yield return Scores($"maxsim.query_document.{variant}", name, questions, documents);
        }
    }

    private LateInteractionEncoder Load(bool attend)
    {
        Tokenizer tokenizer = FolderTokenizer.Load(folder);
        string Marker(string key) => tokenizer.IdToToken(expected.Number(key)) ?? throw new CorruptException($"{expected.Path}: '{key}' is no token of the model's.", expected.Path);
        int documents = expected.Texts(expected.Root, "documents").Length;
        return LateInteractionEncoder.Load(folder, new LateInteractionOptions
        {
            Runtime = options.Runtime,
            MaxTokens = Math.Max(8, Enumerable.Range(0, documents).Max(i => expected.Integers(Document(i, "input_ids")).Length)),
            QuestionTokens = expected.Number("query_length"),
            QuestionMarker = Marker("query_marker_id"),
            PassageMarker = Marker("document_marker_id"),
            AttendToMasks = attend,
        });
    }

    private VerificationCase Questions(string tensor, string name, LateInteractionEncoder model, IReadOnlyList<MultiVector> questions)
    {
        int size = model.QuestionTokens * model.Dimensions;
        float[] reference = expected.Tensor(tensor, (long)questions.Count * size);
        Comparison comparison = new($"questions, {name}", options.AllowedDifference);
        for (int i = 0; i < questions.Count; i++)
        {
            comparison.Add(reference.AsSpan(i * size, size), Values(questions[i]));
        }

        return comparison.End();
    }

    private VerificationCase Passages(LateInteractionEncoder model, IReadOnlyList<MultiVector> passages)
    {
        Comparison comparison = new("passages", options.AllowedDifference);
        for (int i = 0; i < passages.Count; i++)
        {
            long[] kept = expected.Integers(Document(i, "keep"));
            float[] reference = expected.Tensor(Document(i, "embeddings"), (long)kept.Length * model.Dimensions);
            comparison.Add([.. Enumerable.Range(0, kept.Length).Where(t => kept[t] != 0).SelectMany(t => reference.Skip(t * model.Dimensions).Take(model.Dimensions))], Values(passages[i]));
        }

        return comparison.End();
    }

    // A sum over a question's vectors, each of which may differ.
    private VerificationCase Scores(string tensor, string name, IReadOnlyList<MultiVector> questions, IReadOnlyList<MultiVector> passages)
    {
        float[] reference = expected.Tensor(tensor, (long)questions.Count * passages.Count);
        Comparison comparison = new($"MaxSim, {name}", options.AllowedDifference);
        comparison.Add(reference, [.. questions.SelectMany(question => passages.Select(question.MaxSim))]);
        return comparison.End();
    }

    private static float[] Values(MultiVector vectors) => [.. Enumerable.Range(0, vectors.Count).SelectMany(i => vectors[i].ToArray())];

    private static string Document(int i, string part) => string.Create(CultureInfo.InvariantCulture, $"document.{i}.{part}");
}
