namespace Rag.Tokenizers.Models;

/// <summary>
/// SentencePiece's BPE (google/sentencepiece, bpe_model.cc): two neighbours merge where both together are a piece, the highest
/// score first. A character in no piece of its own can still merge into one; user-defined pieces never merge.
/// </summary>
internal sealed class SentencePieceBpeModel : ITokenModel
{
    private readonly Dictionary<int, int> _ghosts = [];

    public SentencePieceBpeModel(Vocabulary vocabulary, IReadOnlyList<UnigramPiece> mergeable, SentencePieceBpeOptions options, string location)
    {
        if (mergeable.Count > 0 && mergeable.Max(piece => piece.Text.Length) is var longest && longest > UnigramModel.MaxPieceLength)
        {
            throw new LimitExceededException(nameof(UnigramModel.MaxPieceLength), UnigramModel.MaxPieceLength, longest, location);
        }

        Vocabulary = vocabulary;
        Options = options;
        Location = location;
        if (options.ByteFallback)
        {
            ByteIds = ByteTokens.Ids(vocabulary);
        }

        var ids = mergeable.ToDictionary(piece => piece.Text, piece => piece.Id);
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        Merges = BuildMerges(mergeable, text => Symbol(text, lookup));
        foreach ((string text, int id) in ids)
        {
            if (IsSingle(text))
            {
                Characters[CodePoint(text)] = id;
            }
        }

        foreach ((int codePoint, int id) in _ghosts)
        {
            Characters.TryAdd(codePoint, id);
        }

        WordMark = mergeable.All(piece => !ReachesAcrossMark(piece.Text)) ? Normalization.SentencePieceNormalizer.Mark : '\0';
    }

    private delegate int SymbolOf(ReadOnlySpan<char> text);

    public Vocabulary Vocabulary { get; }

    public int VerbatimId => Options.UnknownId;

    public SentencePieceBpeOptions Options { get; }

    public string Location { get; }

    public MergeTable Merges { get; }

    /// <summary>Symbols of single characters by code point; those from <see cref="Vocabulary.Size"/> on are no tokens themselves.</summary>
    public Dictionary<int, int> Characters { get; } = [];

    /// <summary>The mark before which no piece, user-defined or merged, ever reaches across; 0 where one does.</summary>
    public char WordMark { get; }

    /// <summary>Ids of the byte tokens, -1 where one is missing; null without byte fallback.</summary>
    public int[]? ByteIds { get; }

    public IModelWorker CreateWorker() => new SentencePieceBpeWorker(this);

    private static MergeTable BuildMerges(IReadOnlyList<UnigramPiece> mergeable, SymbolOf symbol)
    {
        List<(int Left, int Right, int Rank, int Merged)> merges = [];
        int rank = -1;
        double last = double.NaN;
        foreach (UnigramPiece piece in mergeable.OrderByDescending(piece => piece.Score))
        {
            if (piece.Score != last)
            {
                rank++;
                last = piece.Score;
            }

            for (int i = 1; i < piece.Text.Length; i++)
            {
                if (!char.IsLowSurrogate(piece.Text[i]) && symbol(piece.Text.AsSpan(0, i)) is var left && left >= 0
                    && symbol(piece.Text.AsSpan(i)) is var right && right >= 0)
                {
                    merges.Add((left, right, rank, piece.Id));
                }
            }
        }

        var table = new MergeTable(merges.Count);
        foreach ((int left, int right, int order, int merged) in merges)
        {
            table.Set(left, right, order, merged);
        }

        return table;
    }

    private int Symbol(ReadOnlySpan<char> text, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids)
    {
        if (ids.TryGetValue(text, out int id))
        {
            return id;
        }

        if (!IsSingle(text))
        {
            return -1;
        }

        int codePoint = CodePoint(text);
        if (!_ghosts.TryGetValue(codePoint, out id))
        {
            id = Vocabulary.Size + _ghosts.Count;
            _ghosts.Add(codePoint, id);
        }

        return id;
    }

    private static bool IsSingle(ReadOnlySpan<char> text) => text.Length == 1 || (text.Length == 2 && char.IsSurrogatePair(text[0], text[1]));

    private static int CodePoint(ReadOnlySpan<char> text) => text.Length == 1 ? text[0] : char.ConvertToUtf32(text[0], text[1]);

    private static bool ReachesAcrossMark(string piece)
    {
        for (int i = 1; i < piece.Length; i++)
        {
            if (piece[i] == Normalization.SentencePieceNormalizer.Mark && piece[i - 1] != Normalization.SentencePieceNormalizer.Mark)
            {
                return true;
            }
        }

        return false;
    }
}
