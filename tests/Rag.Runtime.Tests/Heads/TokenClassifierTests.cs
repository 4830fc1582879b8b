using System.Globalization;
using Rag.Models.Configuration;
using Rag.Runtime.Classification;
using Rag.Runtime.Heads;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Heads;

public sealed class TokenClassifierTests : IDisposable
{
    private static readonly string[] Names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("O B-PER I-PER O", "1-2 PER")]
    [InlineData("B-PER B-PER I-PER", "0-0 PER, 1-2 PER")]
    [InlineData("B-PER I-LOC I-LOC", "0-0 PER, 1-2 LOC")]
    [InlineData("I-LOC I-LOC O I-LOC", "0-1 LOC, 3-3 LOC")]
    [InlineData("O O", "")]
    [InlineData("", "")]
    public void Words_with_labels_become_stretches(string labels, string expected)
    {
        EntityMerger merger = new();
        foreach ((int i, string label) in labels.Split(' ', StringSplitOptions.RemoveEmptyEntries).Index())
        {
            merger.Add(new LabelledWord(i, 10 * i, (10 * i) + 5, label, .5f));
        }

        Assert.Equal(expected, string.Join(", ", merger.Complete().Select(found => string.Create(CultureInfo.InvariantCulture, $"{found.Range.Start / 10}-{found.Range.End / 10} {found.Label}"))));
    }

    [Fact]
    public void Find_WordOfSeveralTokens_HasTheLabelOfItsFirst()
    {
        using TokenClassifier model = Model(id => Spelled(id) switch { "k" => "B-PER", "##e" => "I-LOC", "of" => "O", "##i" => "B-LOC", _ => "O" });
        const string text = "of kei, of kei kie";
        Assert.Equal([("PER", "kei"), ("PER", "kei"), ("PER", "kie")], model.Find([text], TestContext.Current.CancellationToken)[0].Select(found => (found.Label, found.Range.Of(text).ToString())));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(13)]
    [InlineData(64)]
    public void Find_TextOfManyWindows_FindsEveryWordOnce(int maxTokens)
    {
        // Every word is of one letter or one in the vocabulary; a name begins at each "k" and goes on at "m".
        using TokenClassifier model = Model(id => Spelled(id) switch { "k" => "B-PER", "m" => "I-PER", "the" => "B-LOC", _ => "O" }, maxTokens);
        Random random = new(5);
        string[] words = [.. Enumerable.Range(0, 200).Select(_ => ((string[])["k", "m", "the", "of", "fire"])[random.Next(5)])];
        string text = string.Join(' ', words);
        EntityMerger whole = new();
        int at = 0;
        foreach ((int i, string word) in words.Index())
        {
            whole.Add(new LabelledWord(i, at, at + word.Length, word switch { "k" => "B-PER", "m" => "I-PER", "the" => "B-LOC", _ => "O" }, 1));
            at += word.Length + 1;
        }

        Assert.Equal(
            whole.Complete().Select(found => (found.Label, found.Range)),
            model.Find([text], TestContext.Current.CancellationToken)[0].Select(found => (found.Label, found.Range)));
    }

    [Fact]
    public void Find_TextWithoutWords_FindsNothing()
    {
        using TokenClassifier model = Model(_ => "B-PER");
        Assert.Equal([0, 0, 1], model.Find(["", " \n", "fire"], TestContext.Current.CancellationToken).Select(found => found.Count));
    }

    public void Dispose() => _folder.Dispose();

    private Tokenizer? _tokenizer;

    private string? Spelled(long id) => _tokenizer!.IdToToken((int)id);

    private TokenClassifier Model(Func<long, string> label, int maxTokens = 32)
    {
        TinyBert.Write(_folder.FolderPath);
        _tokenizer = Tokenizer.Load(_folder.FolderPath);
        ScriptedTokenSession session = new(id => Array.IndexOf(Names, label(id)), Names.Length);
        HeadModel model = new("scripted", _tokenizer, session, 0, maxTokens, new HeadModelOptions());
        return new TokenClassifier(model, new LabelConfiguration { Names = Names, Independent = false });
    }

    /// <summary>A head that is sure of one label for each token id.</summary>
    private sealed class ScriptedTokenSession(Func<long, int> label, int labels) : IHeadSession
    {
        public int VocabularySize => 100;

        public int MaxPositions => 64;

        public int Width => labels;

        public bool PerToken => true;

        public string? DeviceNotice => null;

        public void Run(
            ReadOnlySpan<long> ids, ReadOnlySpan<long> types, ReadOnlySpan<long> mask, int batch, int sequence, Span<float> output, CancellationToken cancellationToken)
        {
            output.Clear();
            for (int i = 0; i < ids.Length; i++)
            {
                output[(i * labels) + label(ids[i])] = 9;
            }
        }

        public void Dispose()
        {
        }
    }
}
