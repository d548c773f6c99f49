using Nabla.Onnx;
using Nabla.Onnx.Protos;

namespace Nabla.Conformance.Onnx;

/// <summary>Runs cases and compares what comes out: shapes and types alike, values within the tolerances of the official runner.</summary>
internal static class CaseRunner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static CaseResult Run(OnnxCase item)
    {
        string name = "";
        try
        {
            ModelProto proto = ModelProto.Parser.ParseFrom(item.Model);
            name = proto.Graph.Node.FirstOrDefault()?.OpType ?? "";
            Task<string?> run = Task.Run(() => Problem(item, proto));
            return !run.Wait(Patience) ? new(item, CaseOutcome.Failed, name, $"runs longer than {Patience.TotalSeconds} s")
                : run.Result is { } problem ? new(item, CaseOutcome.Failed, name, problem)
                : new(item, CaseOutcome.Passed, name);
        }
        catch (Exception error)
        {
            Exception cause = error is AggregateException { InnerException: { } inner } ? inner : error;
            return cause is NotSupportedException
                ? new(item, CaseOutcome.NotSupported, name, cause.Message.Replace($"{item.Name}: ", "", StringComparison.Ordinal))
                : new(item, CaseOutcome.Failed, name, $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string? Problem(OnnxCase item, ModelProto proto)
    {
        OnnxModel model = OnnxModel.Parse(item.Model, item.Name);
        foreach (string dataSet in item.DataSets)
        {
            OnnxData[] inputs = [.. item.Messages(dataSet, "input").Zip(proto.Graph.Input, (message, input) => CaseData.Read(message, input.Type))];
            OnnxData[] found = model.ComputeData(inputs);
            IReadOnlyList<byte[]> expected = item.Messages(dataSet, "output");
            for (int index = 0; index < expected.Count; index++)
            {
                if (CaseData.Difference(CaseData.Read(expected[index], proto.Graph.Output[index].Type), found[index]) is { } difference)
                {
                    return $"output '{proto.Graph.Output[index].Name}': {difference}";
                }
            }
        }

        return null;
    }
}
