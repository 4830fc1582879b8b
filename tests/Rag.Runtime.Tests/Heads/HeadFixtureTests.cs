using Rag.Index;
using Rag.Models.Networks.Heads;
using Rag.Reading;
using Rag.Runtime.Classification;
using Rag.Runtime.Heads;
using Rag.Runtime.LateInteraction;
using Rag.Runtime.MaskedLanguage;
using Rag.Runtime.Reading;
using Rag.Runtime.Reranking;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sparse;

namespace Rag.Runtime.Tests.Heads;

/// <summary>Every head of the encoder fixtures against the reference implementation: from ids in the batch and alone, and from texts.</summary>
public sealed class HeadFixtureTests(ITestOutputHelper output)
{
    private static readonly RuntimeOptions Runtime = new() { Threads = 1 };

    public static TheoryData<string> AllHeads => HeadFixture.Where(fixture => fixture.Kind is not null);

    public static TheoryData<string> Spans => Kind(HeadKind.Spans, "start_logits");

    public static TheoryData<string> Rerankers => Kind(HeadKind.Classification, "score");

    public static TheoryData<string> YesNo => HeadFixture.Where(fixture => fixture.Has("yes_no_logits"));

    public static TheoryData<string> Classifiers => Kind(HeadKind.Classification, "probabilities");

    public static TheoryData<string> Sparse => Kind(HeadKind.Sparse, "sparse");

    public static TheoryData<string> LateInteraction => Kind(HeadKind.LateInteraction, "token_embeddings");

    public static TheoryData<string> Masked => Kind(HeadKind.MaskedLanguageModel, "logits");

    public static TheoryData<string> Tokens => Kind(HeadKind.TokenClassification, "logits");

    [Theory]
    [MemberData(nameof(AllHeads))]
    public void Run_GivesTheReferenceOutputsBatchedAndAlone(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        HeadKind kind = fixture.Kind!.Value;
        using OnnxHeadSession session = OnnxHeadSession.Load(fixture.Model, kind, Runtime);
        long[] ids = fixture.Integers("input_ids"), mask = fixture.Integers("attention_mask");
        long[] types = fixture.Has("token_type_ids") ? fixture.Integers("token_type_ids") : new long[ids.Length];
        (int batch, int sequence) = ((int)fixture.Shape("input_ids")[0], (int)fixture.Shape("input_ids")[1]);
        float[] actual = new float[(session.PerToken ? ids.Length : batch) * session.Width];
        session.Run(ids, types, mask, batch, sequence, actual, TestContext.Current.CancellationToken);
        float worst = 0;
        for (int row = 0; row < batch; row++)
        {
            int length = fixture.Lengths[row];
            int outputs = (session.PerToken ? length : 1) * session.Width;
            float[] expected = Reference(fixture, kind, row);
            float[] alone = new float[outputs];
            session.Run(
                ids.AsSpan(row * sequence, length), types.AsSpan(row * sequence, length), mask.AsSpan(row * sequence, length), 1, length, alone, TestContext.Current.CancellationToken);
            ReadOnlySpan<float> together = actual.AsSpan(row * (session.PerToken ? sequence : 1) * session.Width, outputs);
            worst = Math.Max(worst, Math.Max(HeadFixture.Worst(expected, alone), HeadFixture.Worst(expected, together)));
        }

        output.WriteLine($"max difference {worst:e1}");
        Assert.InRange(worst, 0, kind == HeadKind.MaskedLanguageModel ? 5e-4f : 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Spans))]
    public void SpanReader_FromTexts_GivesTheReferencesBestSpans(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        SpanReaderOptions options = new() { Runtime = Runtime, MaxTokens = fixture.MaxLength, MaxSpanTokens = 8, WindowOverlapTokens = 0 };
        using SpanReader reader = SpanReader.Load(fixture.FolderPath, options);
        (string First, string Second)[] pairs = fixture.Pairs();
        for (int row = 0; row < pairs.Length; row++)
        {
            SpanReading reading = reader.Read(pairs[row].First, [pairs[row].Second], TestContext.Current.CancellationToken)[0]!;
            float[] start = fixture.Singles($"alone.{row}.start_logits"), end = fixture.Singles($"alone.{row}.end_logits");
            if (start.Length == fixture.MaxLength)
            {
                continue; // Cut by the reference, read in windows here.
            }

            int first = (int)fixture.Row("token_type_ids", row).IndexOf(1);
            float best = Enumerable.Range(first, start.Length - 1 - first).SelectMany(i => Enumerable.Range(i, Math.Min(8, start.Length - 1 - i)).Select(j => start[i] + end[j])).Max();
            Assert.Equal(start[0] + end[0], reading.NoAnswerScore, 2e-4f);
            Assert.Equal(best, reading.Best.Score, 2e-4f);
        }
    }

    [Theory]
    [MemberData(nameof(Rerankers))]
    public void CrossEncoder_FromTexts_GivesTheReferenceScores(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using CrossEncoder model = CrossEncoder.Load(fixture.FolderPath, new CrossEncoderOptions { Runtime = Runtime, MaxTokens = fixture.MaxLength });
        float[] scores = [.. fixture.Pairs().Select(pair => model.Score(pair.First, [pair.Second], TestContext.Current.CancellationToken)[0])];
        float worst = HeadFixture.Worst(fixture.Singles("score"), scores);
        output.WriteLine($"max difference {worst:e1}");
        Assert.InRange(worst, 0, 1e-4f);
    }

    [Theory]
    [MemberData(nameof(YesNo))]
    public void YesNoScorer_FromTexts_GivesTheReferenceIdsLogitsAndScores(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        CrossEncoderOptions options = new() { Runtime = Runtime, MaxTokens = fixture.MaxLength };
        (int Yes, int No) answers = (fixture.Json("yes_token_id").GetInt32(), fixture.Json("no_token_id").GetInt32());
        using YesNoScorer scorer = YesNoScorer.Load(fixture.Model, Rag.Tokenizers.Tokenizer.Load(fixture.FolderPath), answers, options);
        (string First, string Second)[] pairs = fixture.Pairs("pairs");
        float worst = 0;
        for (int row = 0; row < pairs.Length; row++)
        {
            int[] prompt = scorer.Prompt(pairs[row].First, pairs[row].Second);
            Assert.Equal(fixture.Row("input_ids", row), prompt.Select(id => (long)id));
            (float yes, float no) = scorer.Logits(prompt, TestContext.Current.CancellationToken);
            worst = Math.Max(worst, HeadFixture.Worst(fixture.Singles($"alone.{row}.yes_no_logits"), [yes, no]));
            float[] scores = scorer.Score(pairs[row].First, [pairs[row].Second, "something else", pairs[row].Second], TestContext.Current.CancellationToken);
            worst = Math.Max(worst, HeadFixture.Worst([fixture.Singles("score")[row], fixture.Singles("score")[row]], [scores[0], scores[2]]));
        }

        output.WriteLine($"max difference {worst:e1}");
        Assert.InRange(worst, 0, 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void TextClassifier_FromTexts_GivesTheReferenceProbabilities(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using TextClassifier model = TextClassifier.Load(fixture.FolderPath, new HeadModelOptions { Runtime = Runtime, MaxTokens = fixture.MaxLength });
        float[] probabilities =
        [
            .. model.Classify(fixture.Texts(), TestContext.Current.CancellationToken)
                .SelectMany(labels => model.Labels.Select(label => labels.Single(found => found.Label == label).Probability)),
        ];
        Assert.InRange(HeadFixture.Worst(fixture.Singles("probabilities"), probabilities), 0, 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Sparse))]
    public void SparseEncoder_FromTexts_GivesTheReferenceWeights(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using SparseEncoder model = SparseEncoder.Load(fixture.FolderPath, new HeadModelOptions { Runtime = Runtime, MaxTokens = fixture.MaxLength });
        IReadOnlyList<SparseVector> vectors = model.Encode(fixture.Texts(), TestContext.Current.CancellationToken);
        Assert.Equal(fixture.Integers(fixture.Json("nonzero")), vectors.Select(vector => vector.Ids.Length));
        float[] dense = new float[vectors.Count * model.Dimensions];
        for (int row = 0; row < vectors.Count; row++)
        {
            for (int i = 0; i < vectors[row].Ids.Length; i++)
            {
                dense[(row * model.Dimensions) + vectors[row].Ids[i]] = vectors[row].Weights[i];
            }
        }

        Assert.InRange(HeadFixture.Worst(fixture.Singles("sparse"), dense), 0, 1e-4f);
    }

    [Theory]
    [MemberData(nameof(LateInteraction))]
    public void LateInteractionEncoder_FromTexts_GivesTheReferenceVectorsAndMaxSim(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        foreach (bool attended in (bool[])[true, false])
        {
            string variant = attended ? "mask_attended" : "mask_not_attended";
            using LateInteractionEncoder model = Load(fixture, attended);
            Assert.Equal(fixture.Integers(fixture.Json("skip_ids")), model.SkippedTokens.Order());
            IReadOnlyList<MultiVector> questions = model.EncodeQuestions(fixture.Texts("queries"), TestContext.Current.CancellationToken);
            IReadOnlyList<MultiVector> passages = model.EncodePassages(fixture.Texts("documents"), TestContext.Current.CancellationToken);
            float[] expected = fixture.Singles($"query.embeddings.{variant}");
            int size = model.QuestionTokens * model.Dimensions;
            float worst = 0;
            for (int i = 0; i < questions.Count; i++)
            {
                Assert.Equal(fixture.Integers("query.input_ids").Skip(i * model.QuestionTokens).Take(model.QuestionTokens), model.Question(fixture.Texts("queries")[i]).Ids.Select(id => (long)id));
                worst = Math.Max(worst, HeadFixture.Worst(expected.AsSpan(i * size, size), Flat(questions[i])));
                Assert.Equal(fixture.Integers($"document.{i}.input_ids"), model.Passage(fixture.Texts("documents")[i]).Ids.Select(id => (long)id));
                worst = Math.Max(worst, HeadFixture.Worst(Kept(fixture, i, model.Dimensions), Flat(passages[i])));
            }

            float[] scores = [.. questions.SelectMany(question => passages.Select(question.MaxSim))];
            worst = Math.Max(worst, HeadFixture.Worst(fixture.Singles($"maxsim.query_document.{variant}"), scores) / 4);
            output.WriteLine($"{variant}: max difference {worst:e1}");
            Assert.InRange(worst, 0, 1e-4f);
        }
    }

    [Theory]
    [MemberData(nameof(LateInteraction))]
    public void MaxSim_OfPlainTokenVectors_IsTheReferences(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        int width = (int)fixture.Shape("token_embeddings")[^1];
        MultiVector[] texts = [.. fixture.Lengths.Select((_, row) => new MultiVector(fixture.Singles($"alone.{row}.token_embeddings"), width))];
        Assert.InRange(HeadFixture.Worst(fixture.Singles("maxsim"), [.. texts.SelectMany(question => texts.Select(question.MaxSim))]), 0, 4e-4f);
    }

    [Theory]
    [MemberData(nameof(Masked))]
    public void MaskedLanguageModel_FromTexts_GivesTheReferencesLikeliestTokens(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using MaskedLanguageModel model = MaskedLanguageModel.Load(fixture.FolderPath, new HeadModelOptions { Runtime = Runtime, MaxTokens = fixture.MaxLength });
        IReadOnlyList<IReadOnlyList<MaskFill>> fills = model.Fill(fixture.Texts(), 3, TestContext.Current.CancellationToken);
        int width = (int)fixture.Shape("logits")[^1];
        for (int row = 0; row < fills.Count; row++)
        {
            float[] logits = fixture.Singles($"alone.{row}.logits");
            int[] masks = [.. fixture.Row("input_ids", row).Index().Where(token => token.Item == 4).Select(token => token.Index)];
            Assert.Equal(masks.Length, fills[row].Count);
            for (int i = 0; i < masks.Length; i++)
            {
                float[] token = logits[(masks[i] * width)..((masks[i] + 1) * width)];
                double sum = token.Sum(logit => Math.Exp(logit - token.Max()));
                Assert.Equal(token.Index().OrderByDescending(logit => logit.Item).Take(3).Select(logit => logit.Index), fills[row][i].Tokens.Select(found => found.Id));
                Assert.Equal(1 / sum, fills[row][i].Tokens[0].Probability, 5e-4);
                Assert.Equal(model.MaskToken, fills[row][i].Range.Of(fixture.Texts()[row]).ToString());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tokens))]
    public void TokenClassifier_FromTexts_GivesTheLabelsOfTheReferencesLogits(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using TokenClassifier model = TokenClassifier.Load(fixture.FolderPath, new HeadModelOptions { Runtime = Runtime });
        using HeadModel tokens = HeadModel.Load(fixture.Model, HeadKind.TokenClassification, new HeadModelOptions { Runtime = Runtime, MaxTokens = fixture.MaxLength });
        string[] texts = fixture.Texts();
        IReadOnlyList<IReadOnlyList<TextEntity>> found = model.Find(texts, TestContext.Current.CancellationToken);
        int width = model.Labels.Count, whole = 0;
        for (int row = 0; row < texts.Length; row++)
        {
            // A text that is not cut has the labels of the reference's row.
            Rag.Tokenizers.Encoding encoding = tokens.Encode(texts[row]);
            if (tokens.Encode(texts[row], how: new() { ParseSpecialTokens = false }).Ids.Count > fixture.MaxLength)
            {
                continue;
            }

            whole++;
            float[] logits = fixture.Singles($"alone.{row}.logits");
            HashSet<int> words = [];
            for (int t = 0; t < encoding.Ids.Count; t++)
            {
                if (encoding.WordIds[t] is { } word && !encoding.SpecialMask[t] && words.Add(word))
                {
                    float[] token = logits[(t * width)..((t + 1) * width)];
                    string label = model.Labels[token.IndexOf(token.Max())];
                    TextEntity? entity = found[row].Where(e => e.Range.Start <= encoding.Offsets[t].Start && encoding.Offsets[t].Start < e.Range.End).Select(e => (TextEntity?)e).SingleOrDefault();
                    Assert.Equal(label == "O" ? null : label[2..], entity?.Label);
                    Assert.True(!label.StartsWith("B-", StringComparison.Ordinal) || entity!.Value.Range.Start == encoding.Offsets[t].Start);
                }
            }
        }

        Assert.InRange(whole, 2, texts.Length);
    }

    private static TheoryData<string> Kind(HeadKind kind, string tensor) =>
        HeadFixture.Where(fixture => fixture.Kind == kind && fixture.Has(tensor));

    private static LateInteractionEncoder Load(HeadFixture fixture, bool attended)
    {
        Rag.Tokenizers.Tokenizer tokenizer = Rag.Tokenizers.Tokenizer.Load(fixture.FolderPath);
        return LateInteractionEncoder.Load(fixture.FolderPath, new LateInteractionOptions
        {
            Runtime = Runtime,
            MaxTokens = (int)Enumerable.Range(0, 4).Max(i => fixture.Shape($"document.{i}.input_ids")[0]),
            QuestionTokens = fixture.Json("query_length").GetInt32(),
            QuestionMarker = tokenizer.IdToToken(fixture.Json("query_marker_id").GetInt32())!,
            PassageMarker = tokenizer.IdToToken(fixture.Json("document_marker_id").GetInt32())!,
            AttendToMasks = attended,
        });
    }

    private static float[] Reference(HeadFixture fixture, HeadKind kind, int row)
    {
        string name = kind switch
        {
            HeadKind.Sparse => "sparse",
            HeadKind.LateInteraction => "token_embeddings",
            _ => "logits",
        };
        return kind == HeadKind.Spans
            ? [.. fixture.Singles($"alone.{row}.start_logits").Zip(fixture.Singles($"alone.{row}.end_logits"), (start, end) => (float[])[start, end]).SelectMany(both => both)]
            : fixture.Singles($"alone.{row}.{name}");
    }

    private static float[] Kept(HeadFixture fixture, int document, int width)
    {
        float[] all = fixture.Singles($"document.{document}.embeddings");
        return [.. fixture.Integers($"document.{document}.keep").Index().Where(keep => keep.Item != 0).SelectMany(keep => all[(keep.Index * width)..((keep.Index + 1) * width)])];
    }

    private static float[] Flat(MultiVector vectors) => [.. Enumerable.Range(0, vectors.Count).SelectMany(i => vectors[i].ToArray())];
}
