using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Nabla.Serving.Inference;
using Nabla.Serving.OpenInference;
using Nabla.Serving.Protos;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Grpc;

/// <summary>Reads inference requests that came by gRPC: their tensors as bytes, or as numbers of their kind.</summary>
internal static class GrpcRequestReader
{
    /// <summary>Reads a request.</summary>
    /// <param name="request">The message.</param>
    /// <param name="maxTensors">How many inputs and outputs are taken.</param>
    /// <exception cref="ServingException">Its tensors are not what they say.</exception>
    public static InferenceRequest Read(ModelInferRequest request, int maxTensors)
    {
        if (Math.Max(request.Inputs.Count, request.Outputs.Count) > maxTensors)
        {
            throw ServingException.Invalid($"The server takes at most {maxTensors} inputs and outputs in a request.");
        }

        return new InferenceRequest
        {
            Model = ModelOf(request),
            Id = request.Id.Length > 0 ? request.Id : null,
            Inputs = request.RawInputContents.Count > 0 ? ReadRaw(request) : [.. request.Inputs.Select(ReadContents)],
            Outputs = [.. request.Outputs.Select(output => new RequestedOutput(output.Name, ClassesOf(output)))],
            Priority = request.Parameters.TryGetValue("priority", out InferParameter? priority) ? RequestParameters.PriorityOf(Whole(priority)) : InferenceRequest.UsualPriority,
            Protocol = "grpc",
        };
    }

    /// <summary>Which model is asked.</summary>
    /// <exception cref="ServingException">Its version is no number.</exception>
    public static ModelAddress ModelOf(ModelInferRequest request) =>
        new(request.ModelName, ServerDescription.VersionOf(request.ModelName, request.ModelVersion));

    /// <summary>How long the request's parameters say that the caller waits; null when they do not.</summary>
    public static TimeSpan? TimeoutOf(ModelInferRequest request) =>
        request.Parameters.TryGetValue("timeout", out InferParameter? timeout) ? RequestParameters.TimeoutOf(Whole(timeout)) : null;

    private static int ClassesOf(ModelInferRequest.Types.InferRequestedOutputTensor output) =>
        output.Parameters.TryGetValue("classification", out InferParameter? classes) ? OutputParameters.ClassesOf(output.Name, Whole(classes)) : 0;

    private static long? Whole(InferParameter parameter) => parameter.ParameterChoiceCase switch
    {
        InferParameter.ParameterChoiceOneofCase.Int64Param => parameter.Int64Param,
        InferParameter.ParameterChoiceOneofCase.Uint64Param when parameter.Uint64Param <= long.MaxValue => (long)parameter.Uint64Param,
        _ => null,
    };

    private static WireTensor[] ReadRaw(ModelInferRequest request)
    {
        if (request.RawInputContents.Count != request.Inputs.Count)
        {
            throw ServingException.Invalid($"The request expects raw contents for each of its {request.Inputs.Count} inputs but got {request.RawInputContents.Count}.");
        }

        if (request.Inputs.FirstOrDefault(input => input.Contents is not null) is { } twice)
        {
            throw ServingException.Invalid($"input '{twice.Name}' expects either contents or raw contents but got both.");
        }

        return [.. request.Inputs.Zip(request.RawInputContents, (input, raw) => WireTensor.FromRaw(input.Name, TypeOf(input), WireTensor.ShapeOf(input.Name, input.Shape), raw.Memory))];
    }

    private static ElementType TypeOf(ModelInferRequest.Types.InferInputTensor input) => ElementTypes.Parse(input.Datatype)
        ?? throw ServingException.Invalid($"input '{input.Name}' expects one of {ElementTypes.All} as its datatype but got '{input.Datatype}'.");

    private static WireTensor ReadContents(ModelInferRequest.Types.InferInputTensor input)
    {
        ElementType type = TypeOf(input);
        InferTensorContents contents = input.Contents ?? throw ServingException.Invalid($"input '{input.Name}' expects contents, or raw contents of the request.");
        (int count, ReadOnlyMemory<byte> data) = type switch
        {
            ElementType.Bool => Cast(contents.BoolContents, value => value ? (byte)1 : (byte)0),
            ElementType.Int8 => Cast(contents.IntContents, value => Checked<sbyte>(input, value, sbyte.MinValue, sbyte.MaxValue)),
            ElementType.Int16 => Cast(contents.IntContents, value => Checked<short>(input, value, short.MinValue, short.MaxValue)),
            ElementType.Int32 => Cast(contents.IntContents, value => value),
            ElementType.Int64 => Cast(contents.Int64Contents, value => value),
            ElementType.UInt8 => Cast(contents.UintContents, value => Checked<byte>(input, value, 0, byte.MaxValue)),
            ElementType.UInt16 => Cast(contents.UintContents, value => Checked<ushort>(input, value, 0, ushort.MaxValue)),
            ElementType.UInt32 => Cast(contents.UintContents, value => value),
            ElementType.UInt64 => Cast(contents.Uint64Contents, value => value),
            ElementType.Float32 => Cast(contents.Fp32Contents, value => value),
            ElementType.Float64 => Cast(contents.Fp64Contents, value => value),
            ElementType.Bytes => Texts(contents.BytesContents),
            _ => throw ServingException.Invalid($"input '{input.Name}' of {type.Name} expects raw contents: there are no others for 16-bit floating-point numbers."),
        };
        WireTensor tensor = new(input.Name, type, WireTensor.ShapeOf(input.Name, input.Shape), data);
        return tensor.ElementCount == count
            ? tensor
            : throw ServingException.Invalid(
                $"input '{input.Name}' of {type.Name} {WireTensor.Print(tensor.Shape)} expects {tensor.ElementCount} elements in the contents of its type but got {count}.");
    }

    private static T Checked<T>(ModelInferRequest.Types.InferInputTensor input, long value, long least, long most)
        where T : INumber<T> => value >= least && value <= most
            ? T.CreateTruncating(value)
            : throw ServingException.Invalid($"input '{input.Name}' expects elements of {input.Datatype} from {least} to {most} but got {value}.");

    private static (int Count, ReadOnlyMemory<byte> Data) Cast<TFrom, TTo>(RepeatedField<TFrom> values, Func<TFrom, TTo> convert)
        where TTo : unmanaged
    {
        byte[] data = new byte[checked(values.Count * Marshal.SizeOf<TTo>())];
        Span<TTo> target = MemoryMarshal.Cast<byte, TTo>(data.AsSpan());
        for (int index = 0; index < values.Count; index++)
        {
            target[index] = convert(values[index]);
        }

        return (values.Count, data);
    }

    private static (int Count, ReadOnlyMemory<byte> Data) Texts(RepeatedField<ByteString> values)
    {
        ArrayBufferWriter<byte> data = new();
        foreach (ByteString value in values)
        {
            ByteElements.Write(data, value.Span);
        }

        return (values.Count, data.WrittenMemory);
    }
}
