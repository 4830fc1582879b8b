using Rag.Index;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Classification;
using Rag.Runtime.Heads;
using Rag.Runtime.LateInteraction;
using Rag.Runtime.MaskedLanguage;
using Rag.Runtime.Sparse;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Heads;

/// <summary>What holds of every model with a head, on tiny ones of random weights.</summary>
public sealed class HeadModelsTests : IDisposable
{
    private static readonly string[] Texts = ["the keeper of the lighthouse", "fire", "", string.Concat(Enumerable.Repeat("harbour ", 100)), "a b c d e f", "lighthouse : the fire of the harbour"];
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Classify_ManyTexts_GivesWhatEachGivesAloneInTheirOrder()
    {
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 3);
        using TextClassifier model = TextClassifier.Load(_folder.FolderPath, new HeadModelOptions { BatchTokens = 40 });
        IReadOnlyList<IReadOnlyList<LabelProbability>> together = model.Classify(Texts, TestContext.Current.CancellationToken);
        for (int i = 0; i < Texts.Length; i++)
        {
            IReadOnlyList<LabelProbability> alone = Assert.Single(model.Classify([Texts[i]], TestContext.Current.CancellationToken));
            Assert.Equal(alone.Select(label => label.Label), together[i].Select(label => label.Label));
            Assert.Equal(1, together[i].Sum(label => label.Probability), 1e-5f);
            Assert.Equal(together[i].OrderByDescending(label => label.Probability), together[i]);
            Assert.All(alone.Zip(together[i]), pair => Assert.Equal(pair.First.Probability, pair.Second.Probability, 1e-5f));
        }

        Assert.True(together.Select(labels => labels[0].Probability).Distinct().Count() > 2);
    }

    [Fact]
    public void Classify_WhereSeveralLabelsMayHold_GivesEachAProbabilityOfItsOwn()
    {
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 3);
        using TextClassifier one = TextClassifier.Load(_folder.FolderPath);
        Dictionary<string, float> softmax = one.Classify(["fire"], TestContext.Current.CancellationToken)[0].ToDictionary(label => label.Label, label => label.Probability);
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 3, keys: ", \"problem_type\": \"multi_label_classification\"");
        using TextClassifier several = TextClassifier.Load(_folder.FolderPath);
        Assert.True(several.Independent);
        IReadOnlyList<LabelProbability> found = several.Classify(["fire"], TestContext.Current.CancellationToken)[0];
        Dictionary<string, double> odds = found.ToDictionary(label => label.Label, label => (double)label.Probability / (1 - label.Probability));
        Assert.All(found, label => Assert.Equal(softmax[label.Label], odds[label.Label] / odds.Values.Sum(), 1e-4));
    }

    [Theory]
    [InlineData("\"id2label\": {\"0\": \"a\", \"2\": \"b\"}")]
    [InlineData("\"id2label\": {\"0\": \"a\", \"00\": \"b\"}")]
    [InlineData("\"id2label\": {\"zero\": \"a\"}")]
    [InlineData("\"id2label\": {\"0\": 1}")]
    [InlineData("\"id2label\": {}")]
    public void Load_LabelsThatAreNotNumberedOneByOne_AreCorrupt(string keys)
    {
        TinyBert.Write(_folder.FolderPath, modules: false, head: (keys, [("pooler.dense.weight", [16, 16]), ("classifier.weight", [2, 16])]));
        Assert.Throws<CorruptException>(() => TextClassifier.Load(_folder.FolderPath));
    }

    [Fact]
    public void Load_FolderWithoutTheHead_SaysWhatIsMissing()
    {
        TinyBert.Write(_folder.FolderPath);
        Assert.Contains("no head for classification", Assert.Throws<IncompatibleException>(() => TextClassifier.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        Assert.Contains("no head for sparse vectors", Assert.Throws<IncompatibleException>(() => SparseEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        Assert.Contains("'classifier.weight'", Assert.Throws<IncompatibleException>(() => TokenClassifier.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        Assert.Contains("no head for late interaction", Assert.Throws<IncompatibleException>(() => LateInteractionEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        TinyChatModel.Write(_folder.FolderPath);
        Assert.Contains("is no encoder", Assert.Throws<UnsupportedException>(() => MaskedLanguageModel.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LabelsThatDoNotFitTheTensors_AreIncompatible()
    {
        TinyBert.Write(_folder.FolderPath, modules: false, head: ("\"num_labels\": 4", [("pooler.dense.weight", [16, 16]), ("classifier.weight", [3, 16])]));
        Assert.Contains("classifier.weight", Assert.Throws<IncompatibleException>(() => TextClassifier.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classify_CancelledDisposedOrTooLong_Throws()
    {
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 2);
        TextClassifier model = TextClassifier.Load(_folder.FolderPath, new HeadModelOptions { MaxCharacters = 10 });
        Assert.ThrowsAny<OperationCanceledException>(() => model.Classify(["fire"], new CancellationToken(canceled: true)));
        Assert.Equal(
            nameof(HeadModelOptions.MaxCharacters),
            Assert.Throws<LimitExceededException>(() => model.Classify(["fire", "fire fire fire"], TestContext.Current.CancellationToken)).LimitName);
        Assert.Throws<ArgumentNullException>(() => model.Classify([null!], TestContext.Current.CancellationToken));
        Assert.Empty(model.Classify([], TestContext.Current.CancellationToken));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Classify(["fire"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Fill_Masks_GivesTheLikeliestTokensAndWhereTheyBelong()
    {
        TinyHeads.WriteMasked(_folder.FolderPath);
        using MaskedLanguageModel model = MaskedLanguageModel.Load(_folder.FolderPath);
        const string text = "the [MASK] of the [MASK]";
        IReadOnlyList<MaskFill> fills = model.Fill([text, "fire"], 4, TestContext.Current.CancellationToken)[0];
        Assert.Equal(2, fills.Count);
        Assert.All(fills, fill =>
        {
            Assert.Equal("[MASK]", fill.Range.Of(text).ToString());
            Assert.Equal(4, fill.Tokens.Count);
            Assert.Equal(fill.Tokens.OrderByDescending(token => token.Probability), fill.Tokens);
        });
        Assert.Equal(1, model.Fill([text], int.MaxValue, TestContext.Current.CancellationToken)[0][0].Tokens.Sum(token => token.Probability), 1e-4f);
        Assert.Empty(model.Fill(["fire"], 4, TestContext.Current.CancellationToken)[0]);
    }

    [Fact]
    public void Encode_SparseVectors_DoNotDependOnTheBatch()
    {
        TinyHeads.WriteMasked(_folder.FolderPath);
        using SparseEncoder model = SparseEncoder.Load(_folder.FolderPath);
        IReadOnlyList<SparseVector> together = model.Encode(Texts, TestContext.Current.CancellationToken);
        for (int i = 0; i < Texts.Length; i++)
        {
            SparseVector alone = model.Encode([Texts[i]], TestContext.Current.CancellationToken)[0];
            Assert.Equal(alone.Ids.ToArray(), together[i].Ids.ToArray());
            Assert.InRange(HeadFixture.Worst(alone.Weights, together[i].Weights), 0, 1e-4f);
            Assert.All(together[i].Weights.ToArray(), weight => Assert.True(weight > 0));
            Assert.All(together[i].Ids.ToArray(), id => Assert.NotNull(model.TokenAt(id)));
        }
    }

    [Fact]
    public async Task Identities_AreThoseOfModelAndOptions_AndNoLoadChangesThem()
    {
        TinyHeads.WriteMasked(_folder.FolderPath);
        using SparseEncoder sparse = SparseEncoder.Load(_folder.FolderPath), again = SparseEncoder.Load(_folder.FolderPath), cut = SparseEncoder.Load(_folder.FolderPath, new HeadModelOptions { MaxTokens = 8 });
        Assert.Equal(sparse.Identity, again.Identity);
        Assert.NotEqual(sparse.Identity, cut.Identity);
        Assert.Equal((sparse.Dimensions, VectorMetric.Dot, 64), (sparse.Identity.Dimensions, sparse.Identity.Metric, sparse.Identity.WeightsHash.Length));
        Assert.Equal(sparse.Encode(Texts, TestContext.Current.CancellationToken)[1].Ids.ToArray(), (await sparse.EncodeAsync(Texts, TestContext.Current.CancellationToken))[1].Ids.ToArray());

        using TemporaryFolder other = new();
        TinyHeads.WriteLateInteraction(other.FolderPath);
        LateInteractionOptions options = new() { QuestionTokens = 12, QuestionMarker = "a", PassageMarker = "b" };
        using LateInteractionEncoder tokens = LateInteractionEncoder.Load(other.FolderPath, options), same = LateInteractionEncoder.Load(other.FolderPath, options);
        options.SkipPunctuation = false;
        using LateInteractionEncoder all = LateInteractionEncoder.Load(other.FolderPath, options);
        Assert.Equal(tokens.Identity, same.Identity);
        Assert.NotEqual(tokens.Identity, all.Identity);
        Assert.Equal(("a", "b", tokens.Dimensions), (tokens.Identity.QueryPrefix, tokens.Identity.DocumentPrefix, tokens.Identity.Dimensions));
        Assert.Equal(tokens.EncodePassages(Texts, TestContext.Current.CancellationToken)[1].Values.ToArray(), (await tokens.EncodePassagesAsync(Texts, TestContext.Current.CancellationToken))[1].Values.ToArray());
        Assert.Equal(tokens.EncodeQuestions(Texts, TestContext.Current.CancellationToken)[1].Values.ToArray(), (await tokens.EncodeQuestionsAsync(Texts, TestContext.Current.CancellationToken))[1].Values.ToArray());
    }

    [Fact]
    public void EncodeQuestionsAndPassages_GiveUnitVectorsOfTheTokensThatCount()
    {
        TinyHeads.WriteLateInteraction(_folder.FolderPath);
        LateInteractionOptions options = new() { QuestionTokens = 12, QuestionMarker = "a", PassageMarker = "b" };
        using LateInteractionEncoder model = LateInteractionEncoder.Load(_folder.FolderPath, options);
        MultiVector question = model.EncodeQuestions(["the keeper"], TestContext.Current.CancellationToken)[0];
        Assert.Equal((12, 8), (question.Count, question.Dimensions));
        Assert.Equal([2, 12, 9, 6, 3, 4, 4, 4, 4, 4, 4, 4], Ids(model.Question("the keeper")));
        Assert.Equal(5, model.Question("the keeper").Attended);
        Assert.Equal(12, model.Question(Texts[3]).Ids.Count);

        // [CLS] b lighthouse : fire [SEP], of which the colon is left out.
        MultiVector passage = model.EncodePassages(["lighthouse : fire"], TestContext.Current.CancellationToken)[0];
        Assert.Equal(5, passage.Count);
        for (int i = 0; i < passage.Count; i++)
        {
            Assert.Equal(1, System.Numerics.Tensors.TensorPrimitives.Norm(passage[i]), 1e-5f);
        }

        Assert.InRange(question.MaxSim(passage), -12, 12);
    }

    [Fact]
    public void Load_MarkersThatTheVocabularyLacks_AreNamed()
    {
        TinyHeads.WriteLateInteraction(_folder.FolderPath);
        Assert.Contains("'[unused0]'", Assert.Throws<UnsupportedException>(() => LateInteractionEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        using LateInteractionEncoder plain = LateInteractionEncoder.Load(_folder.FolderPath, new LateInteractionOptions { QuestionMarker = "", PassageMarker = "" });
        Assert.Equal([2, 8, 3], Ids(plain.Passage("fire")));
    }

    [Fact]
    public void Load_ProjectionAndSettingsInFilesOfTheirOwn_GivesTheSameVectors()
    {
        TinyHeads.WriteLateInteraction(_folder.FolderPath);
        File.WriteAllText(Path.Combine(_folder.FolderPath, "artifact.metadata"), """{"query_maxlen": 12, "doc_maxlen": 20, "query_token_id": "a", "doc_token_id": "b", "attend_to_mask_tokens": true, "mask_punctuation": false}""");
        using TemporaryFolder apart = new();
        TinyBert.Write(apart.FolderPath, modules: false);
        using (SafetensorsFolder weights = SafetensorsFolder.Open(_folder.FolderPath))
        {
            string module = Directory.CreateDirectory(Path.Combine(apart.FolderPath, "1_Dense")).FullName;
            Rag.Tests.Support.SafetensorsWriter.Write(Path.Combine(module, "model.safetensors"), [("linear.weight", [8, TinyBert.Hidden], weights.ReadSingles("linear.weight"))]);
            File.WriteAllText(Path.Combine(module, "config.json"), """{"in_features": 16, "out_features": 8, "bias": false, "activation_function": "torch.nn.modules.linear.Identity"}""");
        }

        File.WriteAllText(Path.Combine(apart.FolderPath, "modules.json"), """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}, {"idx": 1, "name": "1", "path": "1_Dense", "type": "pylate.models.Dense.Dense"}]
            """);
        File.WriteAllText(
            Path.Combine(apart.FolderPath, "config_sentence_transformers.json"),
            """{"query_prefix": "a", "document_prefix": "b", "query_length": 12, "document_length": 20, "attend_to_expansion_tokens": true, "skiplist_words": []}""");
        using LateInteractionEncoder first = LateInteractionEncoder.Load(_folder.FolderPath), second = LateInteractionEncoder.Load(apart.FolderPath);
        Assert.Equal((12, 20, 0), (first.QuestionTokens, first.MaxTokens, first.SkippedTokens.Count));
        Assert.Equal((12, 20, 0), (second.QuestionTokens, second.MaxTokens, second.SkippedTokens.Count));
        Assert.Equal(12, second.Question("fire").Attended);
        MultiVector question = first.EncodeQuestions(["the fire"], TestContext.Current.CancellationToken)[0], passage = first.EncodePassages(Texts, TestContext.Current.CancellationToken)[3];
        Assert.Equal(20, passage.Count);
        Assert.Equal(
            question.MaxSim(passage),
            second.EncodeQuestions(["the fire"], TestContext.Current.CancellationToken)[0].MaxSim(second.EncodePassages(Texts, TestContext.Current.CancellationToken)[3]),
            1e-4f);
        using LateInteractionEncoder asked = LateInteractionEncoder.Load(apart.FolderPath, new LateInteractionOptions { QuestionTokens = 5, AttendToMasks = false });
        Assert.Equal(4, asked.Question("fire").Attended);
    }

    [Fact]
    public void MaxSim_SumsTheBestMatches()
    {
        MultiVector question = new([1, 0, 0, 2], 2);
        MultiVector passage = new([3, -1, 0.5f, 4], 2);
        Assert.Equal(3 + 8, question.MaxSim(passage));
        Assert.Equal(0, question.MaxSim(new MultiVector([], 2)));
        Assert.Throws<ArgumentException>(() => question.MaxSim(new MultiVector([1], 1)));
        Assert.Throws<ArgumentException>(() => new MultiVector([1, 2, 3], 2));
    }

    [Fact]
    public void Dot_OfSparseVectors_IsThatOfTheirCommonPlaces()
    {
        SparseVector first = new([1, 4, 9], [1, 2, 3]);
        Assert.Equal((2 * 5) + (3 * 7), first.Dot(new SparseVector([0, 4, 5, 9], [9, 5, 9, 7])));
        Assert.Equal(0, first.Dot(new SparseVector([], [])));
        Assert.Throws<ArgumentException>(() => new SparseVector([1, 1], [1, 2]));
        Assert.Throws<ArgumentException>(() => new SparseVector([1], [1, 2]));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.ThrowsAny<ArgumentException>(() => new HeadModelOptions { BatchTokens = 0 }.Validate());
        Assert.ThrowsAny<ArgumentException>(() => new HeadModelOptions { MaxCharacters = 0 }.Validate());
        Assert.ThrowsAny<ArgumentException>(() => new HeadModelOptions { MaxTokens = 7 }.Validate());
        Assert.ThrowsAny<ArgumentException>(() => new LateInteractionOptions { QuestionTokens = 3 }.Validate());
        new LateInteractionOptions().Validate();
    }

    public void Dispose() => _folder.Dispose();

    private static int[] Ids(TokenRow row) => [.. row.Ids];
}
