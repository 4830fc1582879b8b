namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>A frame that goes on by what a text within it was.</summary>
internal interface INotingFrame
{
    /// <summary>The frame itself.</summary>
    JsonFrame Frame { get; }

    /// <summary>The frame behind the text.</summary>
    JsonFrame Noted(byte[] text);
}
