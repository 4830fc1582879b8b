using Rag.Documents;

namespace Rag.Runtime.Classification;

/// <summary>Words with labels in IOB2 (Ramshaw and Marcus, arXiv cmp-lg/9505040; Tjong Kim Sang, arXiv cs/9907006) to stretches.</summary>
internal sealed class EntityMerger
{
    private readonly List<TextEntity> _entities = [];
    private string? _label;
    private int _start;
    private int _end;
    private int _words;
    private double _sum;

    /// <summary>Adds the next word of the text.</summary>
    public void Add(LabelledWord word)
    {
        bool begins = word.Label.StartsWith("B-", StringComparison.Ordinal);
        string? label = word.Label == "O" ? null : begins || word.Label.StartsWith("I-", StringComparison.Ordinal) ? word.Label[2..] : word.Label;
        if (begins || label != _label)
        {
            Close();
            (_label, _start) = (label, word.Start);
        }

        (_end, _words, _sum) = (word.End, _words + 1, _sum + word.Probability);
    }

    /// <summary>All stretches, in the order of the text.</summary>
    public List<TextEntity> Complete()
    {
        Close();
        return _entities;
    }

    private void Close()
    {
        if (_label is not null)
        {
            _entities.Add(new TextEntity(_label, new TextRange(_start, _end), (float)(_sum / _words)));
        }

        (_label, _words, _sum) = (null, 0, 0);
    }
}
