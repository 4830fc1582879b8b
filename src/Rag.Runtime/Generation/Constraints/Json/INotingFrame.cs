namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>A frame that goes on by what a text within it was.</summary>
internal interface INotingFrame
{
    /// <summary>The frame itself.</summary>
    JsonFrame Frame { get; }

    /// <summary>The texts that <see cref="Noted"/> refuses though their language has them.</summary>
    IEnumerable<byte[]> Refused { get; }

    /// <summary>The frame behind the text; null where it is one that may not end here.</summary>
    JsonFrame? Noted(byte[] text);
}
