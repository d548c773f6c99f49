using System.Xml.Linq;
using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class GraphDrawingTests
{
    private static readonly Graph Drawn = Compilation.Compile(
        x => [new Sequential([8, 8, 1], seed: 1, new Conv2D(4, 3, ActivationKind.Relu), new MaxPool2D(2), new Flatten(), new Dense(3, ActivationKind.Softmax)).Forward(x[0])])
        .GraphOf(new TensorType(DataType.Float32, [2, 8, 8, 1]));

    [Fact]
    public void The_picture_has_a_box_for_each_op_argument_parameter_and_output()
    {
        XElement svg = XDocument.Parse(Drawn.ToSvg()).Root!;
        string[] texts = [.. svg.Elements().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];
        Assert.Contains("x0", texts);
        Assert.Contains("0.kernel", texts);
        Assert.Contains("output", texts);
        Assert.Contains("float32[2, 8, 8, 1]", texts);
        Assert.All(Drawn.Nodes, node => Assert.Contains(node.Op.Name, texts));
    }

    [Fact]
    public void No_two_boxes_lie_over_each_other()
    {
        (string, string)[] corners = [.. XDocument.Parse(Drawn.ToSvg()).Root!.Elements()
            .Where(element => element.Name.LocalName == "rect" && element.Attribute("x") is not null)
            .Select(element => (element.Attribute("x")!.Value, element.Attribute("y")!.Value))];
        Assert.Equal(corners.Length, corners.Distinct().Count());
    }

    [Fact]
    public void Dot_names_each_box_once_and_joins_reader_and_source()
    {
        string dot = Compilation.Trace(x => [x[0].Exp()], new TensorType(DataType.Float32, [2])).ToDot();
        Assert.Equal(
            """
            digraph nabla {
              node [fontname="sans-serif", fontsize=10];
              n0 [shape=ellipse, label="x0\nfloat32[2]"];
              n1 [shape=box, label="Exp\nfloat32[2]"];
              n2 [shape=ellipse, label="output\nfloat32[2]"];
              n0 -> n1;
              n1 -> n2;
            }

            """,
            dot);
    }
}
