using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation;

/// <summary>An answer that is a value of a C# type.</summary>
/// <param name="Result">The value; null only where the type allows null, and the model wrote it.</param>
/// <param name="Response">The response whose text it was.</param>
/// <typeparam name="T">The type.</typeparam>
public sealed record StructuredResponse<T>(T? Result, ChatResponse Response);
