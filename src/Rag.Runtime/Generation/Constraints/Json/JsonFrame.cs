namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>
/// One way to read the text so far: what is open, the innermost first. Immutable; equal frames have the same future. A frame
/// within another is asked first and gives the byte on where its value has ended.
/// </summary>
internal abstract class JsonFrame(JsonFrame? parent)
{
    /// <summary>What goes on when this has ended; null at the end of the text.</summary>
    public JsonFrame? Parent => parent;

    /// <summary>Whether the text may end here.</summary>
    public virtual bool CanEnd => false;

    /// <summary>Adds the frames behind a byte.</summary>
    public abstract void Next(byte value, List<JsonFrame> into);
}
