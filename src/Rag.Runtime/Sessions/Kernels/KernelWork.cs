namespace Rag.Runtime.Sessions.Kernels;

/// <summary>A piece of a decoder's step that can be timed alone.</summary>
/// <param name="Shape">The decoder's sizes, with the threads to run on.</param>
/// <param name="Rows">Tokens of the step.</param>
internal abstract record KernelWork(KernelShape Shape, int Rows);

/// <summary>Products with two of the widest matrices.</summary>
/// <param name="Shape">The decoder's sizes.</param>
/// <param name="Rows">Tokens of the step.</param>
/// <param name="Form">How the matrices are held.</param>
internal sealed record ProductWork(KernelShape Shape, int Rows, ProductForm Form) : KernelWork(Shape, Rows);

/// <summary>Attention in <paramref name="Layers"/> layers, each over a cache of its own.</summary>
/// <param name="Shape">The decoder's sizes.</param>
/// <param name="Rows">Tokens of the step.</param>
/// <param name="Length">Tokens attended to, those of the step included.</param>
/// <param name="Plain">In plain products, which know one token a step; else by GroupQueryAttention.</param>
/// <param name="Layers">How many.</param>
internal sealed record AttentionWork(KernelShape Shape, int Rows, int Length, bool Plain, int Layers) : KernelWork(Shape, Rows);
