using System.Collections.Frozen;
using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>A test: whether something holds of a value.</summary>
internal delegate bool Test(object? value, Arguments arguments);

/// <summary>The tests that templates may use after "is", by name.</summary>
internal static class Tests
{
    public static readonly FrozenDictionary<string, Test> All = new Dictionary<string, Test>
    {
        // No template can spell it: what select and reject do without a test.
        ["true value"] = (v, _) => Operations.IsTrue(v),
        ["defined"] = (v, _) => v is not Undefined,
        ["undefined"] = (v, _) => v is Undefined,
        ["none"] = (v, _) => v is null,
        ["string"] = (v, _) => v is string,
        ["mapping"] = (v, _) => v is TemplateMap,
        ["sequence"] = (v, _) => v is string or TemplateList or TemplateMap or Undefined,
        ["iterable"] = (v, _) => v is string or TemplateList or TemplateMap or Undefined,
        ["number"] = (v, _) => v is bool or long or double,
        ["integer"] = (v, _) => v is long,
        ["float"] = (v, _) => v is double,
        ["boolean"] = (v, _) => v is bool,
        ["true"] = (v, _) => v is true,
        ["false"] = (v, _) => v is false,
        ["callable"] = (v, _) => v is ITemplateCallable,
        ["odd"] = (v, _) => Math.Abs(Operations.Integer(v) % 2) == 1,
        ["even"] = (v, _) => Operations.Integer(v) % 2 == 0,
        ["divisibleby"] = (v, a) => Operations.Integer(a.Require(0, "num")) is var by && by != 0 && Operations.Integer(v) % by == 0,
        ["lower"] = (v, _) => Operations.Text(v) is var text && text == CaseRules.Lower(text) && text != CaseRules.Upper(text),
        ["upper"] = (v, _) => Operations.Text(v) is var text && text == CaseRules.Upper(text) && text != CaseRules.Lower(text),
        ["in"] = (v, a) => Operations.Contains(a.Require(0, "seq"), v),
        ["equalto"] = Equal,
        ["eq"] = Equal,
        ["=="] = Equal,
        ["ne"] = (v, a) => !Equal(v, a),
        ["!="] = (v, a) => !Equal(v, a),
        ["lt"] = (v, a) => Order(v, a, "<") < 0,
        ["lessthan"] = (v, a) => Order(v, a, "<") < 0,
        ["le"] = (v, a) => Order(v, a, "<=") <= 0,
        ["gt"] = (v, a) => Order(v, a, ">") > 0,
        ["greaterthan"] = (v, a) => Order(v, a, ">") > 0,
        ["ge"] = (v, a) => Order(v, a, ">=") >= 0,
    }.ToFrozenDictionary();

    private static bool Equal(object? value, Arguments arguments) => Operations.Equals(value, arguments.Require(0, "other"));

    private static int Order(object? value, Arguments arguments, string op) => Operations.Compare(value, arguments.Require(0, "other"), op);
}
