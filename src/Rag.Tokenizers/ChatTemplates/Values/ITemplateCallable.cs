using Rag.Tokenizers.ChatTemplates.Runtime;

namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>Something that a template may call.</summary>
internal interface ITemplateCallable
{
    object? Call(RenderState state, Arguments arguments);
}
