using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.PreTokenization;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers;

/// <summary>All the memory that one encoding needs, kept for the next. Not safe for concurrent use.</summary>
internal sealed class EncodeWorkspace
{
    private const int KeptCapacity = 1 << 20;

    public EncodeWorkspace(IModelWorker worker)
    {
        Worker = worker;
        Text = new AlignedText();
        PreTokenized = new PreTokenizedText(Text);
    }

    public IModelWorker Worker { get; }

    public WordCache Cache { get; } = new();

    public AlignedText Text { get; }

    public PreTokenizedText PreTokenized { get; }

    /// <summary>The tokens found; ranges are of the original text where alignments were kept.</summary>
    public TokenBuffer Tokens { get; } = new();

    /// <summary>For each token its piece's number; kept with alignments only.</summary>
    public List<int> WordIds { get; } = [];

    /// <summary>Spelling of added tokens as matched, by token index; kept with alignments only.</summary>
    public Dictionary<int, string> Spellings { get; } = [];

    public List<(int Start, int End, AddedToken? Token)> Sections { get; } = [];

    public List<(int Start, int End, AddedToken? Token)> InnerSections { get; } = [];

    public void Clear()
    {
        Tokens.Clear();
        WordIds.Clear();
        Spellings.Clear();
        Sections.Clear();
    }

    /// <summary>Lets go of what one huge text left behind.</summary>
    public void Trim()
    {
        Text.Trim(KeptCapacity);
        PreTokenized.Trim(KeptCapacity);
        Tokens.Trim(KeptCapacity);
        Worker.Trim(KeptCapacity);
        if (WordIds.Capacity > KeptCapacity)
        {
            WordIds.Clear();
            WordIds.TrimExcess();
        }
    }
}
