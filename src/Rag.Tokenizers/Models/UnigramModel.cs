using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Models;

/// <summary>
/// Unigram language model (Kudo 2018, "Subword Regularization"): of all ways to spell a word as pieces the one with the highest
/// sum of log probabilities. A character that no piece spells is unknown, ten below the least score.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    /// <summary>Longest piece in UTF-16 code units; it bounds the work for each character. Published vocabularies stay below 100.</summary>
    public const int MaxPieceLength = 512;

    private const double UnknownPenalty = 10;

    public UnigramModel(Vocabulary vocabulary, IReadOnlyList<UnigramPiece> pieces, UnigramOptions options, string location)
    {
        if (vocabulary.LongestToken > MaxPieceLength)
        {
            throw new LimitExceededException(nameof(MaxPieceLength), MaxPieceLength, vocabulary.LongestToken, location);
        }

        Vocabulary = vocabulary;
        Options = options;
        Location = location;
        Scores = new double[vocabulary.Size];
        double least = double.PositiveInfinity;
        foreach (UnigramPiece piece in pieces)
        {
            Scores[piece.Id] = piece.Score;
            if (piece.Score < least && !piece.IsExempt)
            {
                least = piece.Score;
            }

            // Of a piece listed twice the last counts, as it does in the vocabulary.
            if (vocabulary.Find(piece.Text) == piece.Id)
            {
                Trie.Add(piece.Text, piece.Id);
            }
        }

        UnknownScore = (double.IsPositiveInfinity(least) ? 0 : least) - UnknownPenalty;
        if (options.ByteFallback)
        {
            ByteIds = ByteTokens.Ids(vocabulary);
        }
    }

    public Vocabulary Vocabulary { get; }

    public int VerbatimId => Options.UnknownId;

    public UnigramOptions Options { get; }

    public string Location { get; }

    public TokenTrie Trie { get; } = new();

    public double[] Scores { get; }

    public double UnknownScore { get; }

    /// <summary>Ids of the byte tokens, -1 where one is missing; null without byte fallback.</summary>
    public int[]? ByteIds { get; }

    public IModelWorker CreateWorker() => new UnigramWorker(this);
}
