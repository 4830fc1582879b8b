using Rag.Chunks;
using Rag.Documents;
using Rag.Retrieval;
using Rag.Runtime.Reranking;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Heads;

public sealed class CrossEncoderTests : IDisposable
{
    private static readonly string[] Passages = ["the keeper", "fire of the harbour", "", "lighthouse : a b c", string.Concat(Enumerable.Repeat("keeper ", 90))];
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Score_ManyPassages_GivesWhatEachGivesAlone()
    {
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 1);
        using CrossEncoder model = CrossEncoder.Load(_folder.FolderPath, new CrossEncoderOptions { BatchTokens = 70 });
        IReadOnlyList<float> together = model.Score("the fire", Passages, TestContext.Current.CancellationToken);
        Assert.Equal(Passages.Length, together.Distinct().Count());
        Assert.All(together, score => Assert.InRange(score, 0, 1));
        Assert.All(Passages.Zip(together), pair => Assert.Equal(pair.Second, model.Score("the fire", [pair.First], TestContext.Current.CancellationToken)[0], 1e-5f));
        Assert.NotEqual(together[0], model.Score("the keeper", Passages, TestContext.Current.CancellationToken)[0]);
    }

    [Theory]
    [InlineData("", null, true)]
    [InlineData(", \"sentence_transformers\": {\"activation_fn\": \"torch.nn.modules.linear.Identity\"}", null, false)]
    [InlineData(", \"sentence_transformers\": {\"activation_fn\": \"torch.nn.modules.activation.Sigmoid\"}", null, true)]
    [InlineData(", \"sbert_ce_default_activation_function\": \"torch.nn.modules.linear.Identity\"", null, false)]
    [InlineData(", \"sbert_ce_default_activation_function\": \"torch.nn.modules.linear.Identity\"", true, true)]
    [InlineData("", false, false)]
    public void Score_IsALogitOrAShare_AsFilesAndOptionsSay(string keys, bool? asked, bool expected)
    {
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 1, keys);
        using CrossEncoder model = CrossEncoder.Load(_folder.FolderPath, new CrossEncoderOptions { Sigmoid = asked });
        using CrossEncoder logits = CrossEncoder.Load(_folder.FolderPath, new CrossEncoderOptions { Sigmoid = false });
        float logit = logits.Score("fire", ["harbour"], TestContext.Current.CancellationToken)[0];
        Assert.Equal(expected ? 1 / (1 + MathF.Exp(-logit)) : logit, model.Score("fire", ["harbour"], TestContext.Current.CancellationToken)[0], 1e-5f);
        Assert.NotEqual(0, logit);
    }

    [Fact]
    public async Task Rerank_OrdersByScoreAndKeepsTheRetrieversOwn()
    {
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 1);
        using CrossEncoder model = CrossEncoder.Load(_folder.FolderPath);
        RetrievedChunk[] chunks = [.. Passages.Select((text, i) => new RetrievedChunk(
            new Chunk { Id = text, DocumentId = "d", Ordinal = i, Range = new TextRange(0, text.Length), Text = text, HeadingPath = i == 0 ? ["lighthouse"] : [] }, 10 - i, null, null))];
        IReadOnlyList<RetrievedChunk> ordered = await model.RerankAsync("the fire", chunks, TestContext.Current.CancellationToken);
        IReadOnlyList<float> scores = model.Score("the fire", [.. chunks.Select(chunk => chunk.Chunk.IndexedText)], TestContext.Current.CancellationToken);
        Assert.Equal(chunks.Zip(scores).OrderByDescending(pair => pair.Second).Select(pair => pair.First.Chunk.Id), ordered.Select(chunk => chunk.Chunk.Id));
        Assert.Equal(ordered.OrderByDescending(chunk => chunk.Score), ordered);
        Assert.All(ordered, chunk => Assert.Equal(10 - chunk.Chunk.Ordinal, chunk.RetrievalScore));
        Assert.Empty(await model.RerankAsync("the fire", [], TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await model.RerankAsync("the fire", chunks, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Score_DecoderThatAnswersYesOrNo_GivesTheShareOfYes(bool yes)
    {
        TinyChatModel.Write(_folder.FolderPath, maxPositions: 1024, says: yes ? ["yes", "no"] : ["no", "yes"]);
        using CrossEncoder model = CrossEncoder.Load(_folder.FolderPath);
        IReadOnlyList<float> scores = model.Score("the fire", Passages, TestContext.Current.CancellationToken);
        Assert.All(scores, score => Assert.InRange(score, yes ? .9f : 0, yes ? 1 : .1f));
        Assert.All(Passages.Zip(scores), pair => Assert.Equal(pair.Second, model.Score("the fire", [pair.First], TestContext.Current.CancellationToken)[0], 1e-4f));
    }

    [Fact]
    public void Load_ModelThatIsNoReranker_SaysWhy()
    {
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 2);
        Assert.Contains("has 2 labels", Assert.Throws<UnsupportedException>(() => CrossEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        TinyChatModel.Write(_folder.FolderPath);
        Assert.Contains("lacks the token 'yes'", Assert.Throws<UnsupportedException>(() => CrossEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        TinyBert.Write(_folder.FolderPath);
        TinyLlama.Write(_folder.FolderPath, vocabSize: TinyBert.VocabularySize);
        Assert.Contains("lacks the token '<|im_start|>'", Assert.Throws<UnsupportedException>(() => CrossEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        TinyChatModel.Write(_folder.FolderPath, maxPositions: 64, says: ["yes", "no"]);
        Assert.Contains("too few", Assert.Throws<UnsupportedException>(() => CrossEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 1, ", \"sentence_transformers\": {\"activation_fn\": \"torch.nn.Softplus\"}");
        Assert.Contains("'Softplus'", Assert.Throws<UnsupportedException>(() => CrossEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_LongQuestion_IsCutBetweenCharacters()
    {
        TinyHeads.WriteClassifier(_folder.FolderPath, labels: 1);
        using CrossEncoder model = CrossEncoder.Load(_folder.FolderPath, new CrossEncoderOptions { MaxQuestionCharacters = 5 });
        Assert.Equal(model.Score("fire", ["the"], TestContext.Current.CancellationToken), model.Score("fire\uD83D\uDD25\uD83D\uDD25", ["the"], TestContext.Current.CancellationToken));
        Assert.ThrowsAny<ArgumentException>(() => new CrossEncoderOptions { MaxQuestionCharacters = 0 }.Validate());
    }

    public void Dispose() => _folder.Dispose();
}
