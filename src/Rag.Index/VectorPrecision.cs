namespace Rag.Index;

/// <summary>How exactly vectors are held in memory. The stored truth is always single precision.</summary>
public enum VectorPrecision
{
    /// <summary>32 bits a value, as stored.</summary>
    Single,

    /// <summary>16 bits a value, scaled for each vector; the best are scored again in single precision.</summary>
    Half,

    /// <summary>8 bits a value, scaled for each vector; the best are scored again in single precision.</summary>
    Int8,
}
