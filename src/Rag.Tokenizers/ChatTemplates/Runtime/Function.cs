using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>A function of this program that a template may call.</summary>
internal sealed class Function(Func<RenderState, Arguments, object?> body) : ITemplateCallable
{
    public object? Call(RenderState state, Arguments arguments) => body(state, arguments);
}
