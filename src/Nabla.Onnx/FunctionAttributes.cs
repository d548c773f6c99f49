using Nabla.Onnx.Protos;

namespace Nabla.Onnx;

/// <summary>Gives the nodes of a function the attributes that its caller gives the function.</summary>
internal static class FunctionAttributes
{
    /// <summary>A node whose references to attributes of the function are replaced by what they stand for.</summary>
    public static NodeProto Resolve(NodeProto step, FunctionProto function, NodeProto caller)
    {
        if (step.Attribute.All(attribute => attribute.RefAttrName.Length == 0))
        {
            return step;
        }

        NodeProto resolved = step.Clone();
        resolved.Attribute.Clear();
        foreach (AttributeProto attribute in step.Attribute)
        {
            if (attribute.RefAttrName.Length == 0)
            {
                resolved.Attribute.Add(attribute);
            }
            else if (Given(attribute.RefAttrName, function, caller) is { } given)
            {
                AttributeProto renamed = given.Clone();
                renamed.Name = attribute.Name;
                resolved.Attribute.Add(renamed);
            }
        }

        return resolved;
    }

    private static AttributeProto? Given(string name, FunctionProto function, NodeProto caller) =>
        caller.Attribute.FirstOrDefault(attribute => attribute.Name == name) ?? function.AttributeProto.FirstOrDefault(attribute => attribute.Name == name);
}
