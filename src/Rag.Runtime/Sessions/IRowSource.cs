using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>What was computed of a sequence's tokens.</summary>
internal interface IRowSource
{
    /// <summary>How the rows lie.</summary>
    CacheLayout Layout { get; }

    /// <summary>What the rows were computed under; see <see cref="NetworkDescription.RotaryRegime"/>.</summary>
    int Regime { get; }

    /// <summary>Copies the rows of some tokens.</summary>
    void ReadRows(int start, int count, Span<float> rows);

    /// <summary>Copies the state after the last token, <see cref="CacheLayout.StateFloats"/> numbers.</summary>
    void ReadState(Span<float> state);
}
