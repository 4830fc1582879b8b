namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>What comes next within an array or an object.</summary>
internal enum FramePlace
{
    /// <summary>The bracket that opens it.</summary>
    Open,

    /// <summary>The first item or name, or the bracket that closes it.</summary>
    First,

    /// <summary>A space or the next item or name.</summary>
    Next,

    /// <summary>The next item or name.</summary>
    Begun,

    /// <summary>The colon behind a name.</summary>
    Colon,

    /// <summary>A space or a value.</summary>
    Value,

    /// <summary>A value.</summary>
    Bare,

    /// <summary>A comma, or the bracket that closes it.</summary>
    After,
}
