using System.Text;
using Rag.Runtime.Generation.Constraints.Quotes;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Generation.Constraints.Quotes;

/// <summary>A model that writes at random under the constraint: every quote is verbatim, every range right, every text complete within its budget.</summary>
public sealed class RandomModelTests
{
    private const int Texts = 24;

    public static TheoryData<string> Forms => ["default", "graphemes", "quotes alone", "ascii marks", "same marks", "tight", "optional", "references", "references alone"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Bytes_and_pieces_of_the_sources_give_verbatim_quotes(string form)
    {
        TokenVocabulary vocabulary = Vocabularies.Of(HardSources.All.Select(source => source.Text));
        Write(form, vocabulary, rounds: 150);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Masks_are_those_of_trying_every_token(string form)
    {
        TokenVocabulary vocabulary = Vocabularies.Of(HardSources.All.Select(source => source.Text).Append("“”<q></q>\"; [again] (english)"));
        foreach (bool drops in (bool[])[false, true])
        {
            TokenMasks masks = new(drops ? new TokenVocabulary(Bytes(vocabulary), new HashSet<int> { Vocabularies.End }, dropsFirstSpace: true) : vocabulary);
            TokenMatcher matcher = new(QuoteConstraint.Create(HardSources.All, Options(form)), masks);
            Random random = new(2);
            for (int i = 0; i < 60; i++)
            {
                TokenMask mask = matcher.Mask();
                List<int> allowed = [];
                for (int id = 0; id < masks.Vocabulary.Size; id++)
                {
                    bool expected = id == Vocabularies.End ? matcher.CanEnd : matcher.Fork().TryAdvance(id);
                    Assert.True(expected == mask[id], $"token {id} at {i}");
                    if (expected && id != Vocabularies.End)
                    {
                        allowed.Add(id);
                    }
                }

                if (allowed.Count == 0)
                {
                    break;
                }

                matcher.TryAdvance(Choose(allowed, masks.Vocabulary, random));
            }
        }
    }

    // Two of bytes in GPT-2's alphabet, one of SentencePiece with a token for each byte, whose first space is no part of the text.
    [Theory]
    [InlineData("gpt2")]
    [InlineData("smollm-360m")]
    [InlineData("phi-3-mini")]
    public void Real_vocabularies_give_verbatim_quotes(string name)
    {
        string path = SharedData.Require("data", "tokenizers", name, "tokenizer.json");
        Tokenizer tokenizer = Tokenizer.Load(path);
        int end = tokenizer.VocabularySize - 1;
        TokenVocabulary vocabulary = TokenVocabulary.Of(tokenizer, tokenizer.VocabularySize, new HashSet<int> { end }, new HashSet<int>());
        foreach (string form in (string[])["default", "quotes alone", "references"])
        {
            Write(form, vocabulary, rounds: Texts, end);
        }
    }

    private static void Write(string form, TokenVocabulary vocabulary, int rounds, int end = Vocabularies.End)
    {
        QuoteSource[] sources = HardSources.All;
        QuoteConstraintOptions options = Options(form);
        QuoteOracle oracle = new(sources, options);
        Random random = new(form.Length + vocabulary.Size);
        int quotes = 0, refusals = 0;
        for (int round = 0; round < rounds; round++)
        {
            QuoteConstraint constraint = QuoteConstraint.Create(sources, options);
            int least = constraint.Start.WayToEnd!.Length + 1;
            int budget = least + random.Next(round % 3 == 0 ? 5 : 150);
            (string text, IReadOnlyList<FoundQuote> found) = Text(constraint, vocabulary, budget, random, end);
            Assert.True(constraint.IsMatch(text), text);
            oracle.Check(text, found);
            Assert.Equal(found, constraint.Find(text));
            quotes += found.Count;
            refusals += text == options.Refusal ? 1 : 0;
        }

        Assert.True(quotes > rounds / 4, $"{quotes} quotes");
        Assert.True(options.Refusal is null || refusals > 0 || rounds == Texts);
    }

    private static (string Text, IReadOnlyList<FoundQuote> Found) Text(QuoteConstraint constraint, TokenVocabulary vocabulary, int budget, Random random, int end)
    {
        TokenMatcher matcher = new(constraint, new TokenMasks(vocabulary));
        QuoteTracker tracker = constraint.Track();
        Decoder decoder = new UTF8Encoding(false, true).GetDecoder();
        StringBuilder text = new();
        char[] characters = new char[1024];
        for (int left = budget; ; left--)
        {
            Assert.True(left > 0, $"The budget of {budget} was spent at '{text}'.");
            TokenMask mask = matcher.Mask();
            List<int> allowed = [];
            for (int id = 0; id < vocabulary.Size; id++)
            {
                if (mask[id] && id != end)
                {
                    allowed.Add(id);
                }
            }

            int chosen = matcher.CanEnd && (allowed.Count == 0 || random.Next(12) == 0) ? end : Choose(allowed, vocabulary, random);
            chosen = matcher.Settle(chosen, left);
            if (chosen == end)
            {
                Assert.True(mask[end]);
                break;
            }

            Assert.True(matcher.TryAdvance(chosen));
            ReadOnlySpan<byte> bytes = vocabulary.BytesOf(chosen);

            // What the first token's space is, is no part of the text.
            bytes = text.Length == 0 && left == budget && vocabulary.DropsFirstSpace && bytes[0] == ' ' ? bytes[1..] : bytes;
            int count = decoder.GetChars(bytes, characters, flush: false);
            text.Append(characters, 0, count);
            Assert.True(tracker.Append(characters.AsSpan(0, count)), text.ToString());
        }

        Assert.True(tracker.IsComplete);
        return (text.ToString(), tracker.Quotes);
    }

    // Marks come more often than by chance, or hardly any text had a quote.
    private static int Choose(List<int> allowed, TokenVocabulary vocabulary, Random random)
    {
        if (random.Next(3) == 0)
        {
            int[] marks = [.. allowed.Where(id => vocabulary.BytesOf(id) is { } bytes && (bytes.IndexOf((byte)0x9C) >= 0 || bytes.IndexOf((byte)0x9D) >= 0 || bytes[^1] is 0xE2 or (byte)'"' or (byte)'<' or (byte)'>'))];
            if (marks.Length > 0)
            {
                return marks[random.Next(marks.Length)];
            }
        }

        return allowed[random.Next(allowed.Count)];
    }

    private static byte[]?[] Bytes(TokenVocabulary vocabulary) =>
        [.. Enumerable.Range(0, vocabulary.Size).Select(id => vocabulary.BytesOf(id) is { IsEmpty: false } bytes ? bytes.ToArray() : null)];

    private static QuoteConstraintOptions Options(string form) => form switch
    {
        "graphemes" => new() { WholeWords = false, MinQuoteCharacters = 1, MaxQuoteCharacters = 12 },
        "quotes alone" => new() { AllowFreeText = false, MaxQuotes = 3, Refusal = "Nothing." },
        "ascii marks" => new() { OpeningMark = "<q>", ClosingMark = "</q>", MinQuoteCharacters = 4, Refusal = "<none>" },
        "same marks" => new() { OpeningMark = "\"", ClosingMark = "\"", MinQuoteCharacters = 3 },
        "tight" => new() { MaxQuotes = 1, MinQuoteCharacters = 12, MaxQuoteCharacters = 30, Refusal = "No." },
        "references" => new() { Reference = " [{id}]", MinQuoteCharacters = 4 },
        "references alone" => new() { Reference = "({id})", MinQuoteCharacters = 2, AllowFreeText = false, OpeningMark = "<", ClosingMark = ">", Separator = "" },
        "optional" => new() { RequireQuote = false, MinQuoteCharacters = 5 },
        _ => new(),
    };
}
