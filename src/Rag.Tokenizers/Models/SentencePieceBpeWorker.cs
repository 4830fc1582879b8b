namespace Rag.Tokenizers.Models;

/// <summary>Spells words as characters and user-defined pieces, merges, and names what is left. Not safe for concurrent use.</summary>
internal sealed class SentencePieceBpeWorker : MarkedWorker
{
    private const int Unknown = -1;

    private readonly SentencePieceBpeModel _model;
    private readonly TokenBuffer _symbols = new();
    private readonly BpeMerger _merger;
    private readonly Dictionary<int, (int Left, int Right)>? _formed;

    public SentencePieceBpeWorker(SentencePieceBpeModel model)
        : base(model.WordMark)
    {
        _model = model;
        _formed = model.Options.Unused is null ? null : [];
        _merger = new BpeMerger(model.Merges, _formed);
    }

    public override void Trim(int capacity)
    {
        _symbols.Trim(capacity);
        _merger.Trim(capacity);
    }

    protected override void TokenizeSection(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        _symbols.Clear();
        for (int at = 0; at < word.Length;)
        {
            int length;
            if (_model.Options.UserDefined is { } userDefined && userDefined.LongestPrefix(word[at..], out length) is var id && id >= 0)
            {
                // Below the unknown symbol: no merge names it.
                _symbols.Add(Frozen(id), at, at + length);
            }
            else
            {
                System.Text.Rune.DecodeFromUtf16(word[at..], out System.Text.Rune rune, out length);
                _symbols.Add(_model.Characters.GetValueOrDefault(rune.Value, Unknown), at, at + length);
            }

            at += length;
        }

        int count = _merger.Merge(_symbols);
        int unknownStart = -1;
        for (int i = 0; i < count; i++)
        {
            (int symbol, int start, int end) = (_symbols.Ids[i], _symbols.Starts[i], _symbols.Ends[i]);
            if (symbol == Unknown || symbol >= _model.Vocabulary.Size)
            {
                unknownStart = unknownStart < 0 ? start : unknownStart;
                continue;
            }

            AddUnknown(word, ref unknownStart, start, tokens);
            if (symbol < Unknown)
            {
                tokens.Add(Frozen(symbol), start, end);
            }
            else
            {
                AddPiece(word, symbol, start, end, tokens);
            }
        }

        AddUnknown(word, ref unknownStart, word.Length, tokens);
    }

    private static int Frozen(int id) => Unknown - 1 - id;

    /// <summary>Adds a piece, or the parts that an unused one was merged of. Pieces have a bounded length, and so has this descent.</summary>
    private void AddPiece(ReadOnlySpan<char> word, int id, int start, int end, TokenBuffer tokens)
    {
        if (id >= _model.Vocabulary.Size)
        {
            AddUnknown(word, ref start, end, tokens);
            return;
        }

        if (_model.Options.Unused is not { } unused || !unused.Contains(id) || !_formed!.TryGetValue(id, out (int Left, int Right) parts))
        {
            tokens.Add(id, start, end);
            return;
        }

        // The left part is a piece, or the one character that the table of merges knows it as.
        int middle = start + (_model.Vocabulary.TokenOf(parts.Left)?.Length ?? (char.IsHighSurrogate(word[start]) ? 2 : 1));
        AddPiece(word, parts.Left, start, middle, tokens);
        AddPiece(word, parts.Right, middle, end, tokens);
    }

    private void AddUnknown(ReadOnlySpan<char> word, ref int start, int end, TokenBuffer tokens)
    {
        if (start < 0)
        {
            return;
        }

        if (_model.ByteIds is not { } byteIds || !ByteTokens.TryAddEach(word[start..end], start, byteIds, tokens))
        {
            if (_model.Options.UnknownId < 0)
            {
                throw new CorruptException($"{_model.Location} has no unknown token for characters that its vocabulary lacks.", _model.Location);
            }

            tokens.Add(_model.Options.UnknownId, start, end);
        }

        start = -1;
    }
}
