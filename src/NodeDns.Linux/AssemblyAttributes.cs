using System.Runtime.CompilerServices;

// Every signature here is blittable, so a call is a plain C call: nothing is copied or converted on the way.
[assembly: DisableRuntimeMarshalling]
